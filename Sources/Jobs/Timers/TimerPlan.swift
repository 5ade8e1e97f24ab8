import Configuration
package import Diagnostics
import Foundation

/// What cron or systemd is asked to do: the jobs of a home that have a schedule, and how their runs are started.
package struct TimerPlan: Sendable {
    /// A job, and when it is due in `timeZone`.
    package struct Entry: Sendable {
        package let job: JobDefinition
        package let schedule: CronSchedule
    }

    package let entries: [Entry]
    /// The zone in which the schedules are written: `business.time_zone`.
    package let timeZone: String
    /// The program and the home, absolute.
    package var program: String
    package var home: String
    /// A file of NAME='value' lines that both a shell and systemd read; for DATABASE_URL, which belongs in neither a
    /// crontab nor a unit, where everybody reads it.
    package var environmentFile: String
    /// Where cron's runs leave what they print; systemd has its own journal.
    package var logFolder: String
    /// The account that runs the jobs; nil for a crontab of a user's own.
    package var user: String?
    /// How long a run waits for another's lock, as `--lock-wait` takes it.
    package var lockWait = "2h"
    /// Ten steps behind the shop: a night may take longer, a customer may not wait for it.
    package var niceness = 10

    /// - Parameter names: the jobs; nil means all that have a schedule.
    /// - Throws: `job.*`: a job that isn't there or is wrong; a job that is named and has no schedule.
    package init(
        _ catalogue: JobCatalogue, names: [String]?, timeZone: String, program: String, home: String,
        environmentFile: String, logFolder: String, user: String?
    ) throws(Failure) {
        var entries: [Entry] = []
        for name in names ?? catalogue.names {
            let job = try catalogue.job(name)
            if let schedule = job.cron {
                entries.append(Entry(job: job, schedule: schedule))
            } else if names != nil {
                throw Failure(
                    .jobInvalid, "\(name) has no schedule.", at: .file(catalogue.file(of: name)),
                    advice: "Add one, for example `schedule: \"30 2 * * *\"`.")
            }
        }
        guard !entries.isEmpty else {
            throw Failure(
                .jobInvalid, "No job of this home has a schedule.", at: .file(catalogue.home.resolve("jobs")),
                advice: "Add one to a job's file, for example `schedule: \"30 2 * * *\"`.")
        }
        self.entries = entries
        self.timeZone = timeZone
        self.program = program
        self.home = home
        self.environmentFile = environmentFile
        self.logFolder = logFolder
        self.user = user
    }

    /// The words that start a run of a job.
    func command(_ job: JobDefinition) -> [String] {
        [program, "run", job.name, "--home", home, "--lock-wait", lockWait]
    }

    /// What a person should know of a schedule where the zone's clock is put forward: neither cron nor systemd starts a
    /// job at a time that a day doesn't have.
    /// - Parameter now: from when on to look, for two years.
    func warnings(_ entry: Entry, now: Date) -> [String] {
        guard let zone = TimeZone(identifier: timeZone) else { return [] }
        return ClockChange.gaps(of: zone, after: now).flatMap { gap in
            gap.missed(by: entry.schedule).map { time in
                "On \(gap.date) there is no \(time) in \(timeZone), and \(entry.job.name) isn't started: run it by hand, "
                    + "or choose another time."
            }
        }
    }
}
