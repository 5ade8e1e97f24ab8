package import Diagnostics
package import Foundation

/// A crontab for the jobs of a home.
package struct Crontab: Sendable {
    /// Which cron reads it.
    package enum Flavour: Sendable, Equatable {
        /// Knows CRON_TZ: the schedules stand as the jobs' files have them.
        case cronie
        /// Debian's cron counts in the machine's zone, whatever a crontab says: the schedules are converted to it.
        case debian(machineZone: String)
    }

    private let plan: TimerPlan
    private let flavour: Flavour

    package init(_ plan: TimerPlan, for flavour: Flavour) {
        self.plan = plan
        self.flavour = flavour
    }

    /// The whole crontab.
    /// - Throws: `job.invalid` for a schedule that can't be converted to the machine's zone.
    package func text(now: Date = Date()) throws(Failure) -> String {
        var lines = [
            "# Mainspring's jobs, written by `mainspring jobs crontab`. Install it with `crontab FILE`"
                + (plan.user == nil ? ", as the account that runs the jobs." : " in /etc/cron.d, as root."),
            "# Two runs at once do no harm: one waits for the other's lock (--lock-wait), so no flock is needed.",
            "# Secrets stand in \(plan.environmentFile), as NAME='value' lines, mode 0600; cron mails what failed.",
        ]
        switch flavour {
        case .cronie:
            lines.append("# cron counts in the zone that CRON_TZ names (cronie); Debian's cron would not heed it.")
            lines.append("CRON_TZ=\(plan.timeZone)")
        case .debian(let zone) where zone == plan.timeZone:
            lines.append("# cron counts in the machine's zone, which is the business's: \(zone).")
        case .debian(let zone):
            lines.append("# cron counts in the machine's zone, \(zone); the jobs' files count in \(plan.timeZone).")
        }
        lines.append("SHELL=/bin/sh")
        for entry in plan.entries {
            lines.append("")
            lines.append("# \(entry.job.name): \(entry.job.about ?? "no description") (\(entry.schedule.text))")
            lines += plan.warnings(entry, now: now).map { "# Beware: \($0)" }
            for schedule in try schedules(entry, now: now) {
                lines.append("\(schedule) \(plan.user.map { "\($0) " } ?? "")\(command(entry.job))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func schedules(_ entry: TimerPlan.Entry, now: Date) throws(Failure) -> [String] {
        guard case .debian(let machineZone) = flavour else { return [entry.schedule.text] }
        func refused(_ why: String) -> Failure {
            Failure(
                .jobInvalid,
                "The schedule “\(entry.schedule.text)” of \(entry.job.name), in \(plan.timeZone), can't be written for a "
                    + "cron that counts in \(machineZone): \(why).", at: .named("job \(entry.job.name)"),
                advice:
                    "Use `mainspring jobs systemd`, set the machine's zone to \(plan.timeZone), or change the schedule."
            )
        }
        guard machineZone != plan.timeZone else { return [entry.schedule.text] }
        guard let machine = TimeZone(identifier: machineZone), let business = TimeZone(identifier: plan.timeZone) else {
            throw refused("one of the two zones isn't known here")
        }
        guard let minutes = CronShift.constantMinutes(from: business, to: machine, after: now) else {
            throw refused("their clocks aren't the same distance apart all year")
        }
        guard let schedules = CronShift(minutes: minutes).schedules(entry.schedule) else {
            throw refused("the day of the month or the pair of days isn't the same there")
        }
        return schedules
    }

    /// Sources the environment, runs, keeps what is printed, and says on stdout what cron then mails.
    private func command(_ job: JobDefinition) -> String {
        let log = Self.quoted("\(plan.logFolder)/\(job.name).log")
        let file = Self.quoted(plan.environmentFile)
        let run = plan.command(job).map(Self.quoted).joined(separator: " ")
        let failed = Self.quoted("mainspring run \(job.name) ended with")
        let line = """
            set -a; [ ! -r \(file) ] || . \(file); nice -n \(plan.niceness) \(run) >>\(log) 2>&1 \
            || echo \(failed) $?, see \(log)
            """
        // cron takes a percent sign for the end of the line.
        return line.replacing("%", with: "\\%")
    }

    /// A word for the shell.
    static func quoted(_ word: String) -> String {
        if word.wholeMatch(of: /[A-Za-z0-9_\/.:@=+,-]+/) != nil { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
