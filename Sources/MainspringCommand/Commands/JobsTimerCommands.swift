import ArgumentParser
import Configuration
import Diagnostics
import Foundation
import Jobs

/// What the commands that write timers have in common.
struct TimerOptions: ParsableArguments {
    @Argument(help: "The jobs; all that have a schedule by default.")
    var jobs: [String] = []

    @Option(help: ArgumentHelp("The program that is started; by default this one.", valueName: "file"))
    var program: String?

    @Option(
        help: ArgumentHelp(
            "The home that the runs use, when it isn't the one that is read here.", valueName: "folder"))
    var asHome: String?

    @Option(
        help: ArgumentHelp(
            "A file of NAME='value' lines, such as DATABASE_URL, for the runs.", valueName: "file"))
    var environmentFile = "/etc/mainspring/environment"

    @Option(help: ArgumentHelp("How long a run waits for another's lock: 90, 90s, 5m.", valueName: "time"))
    var lockWait = "2h"

    func validate() throws {
        guard TimeArgument(argument: lockWait) != nil else {
            throw ValidationError("--lock-wait takes a time such as 90, 90s, 5m or 2h, not “\(lockWait)”.")
        }
    }

    func plan(_ place: Place, logFolder: String = "/var/log/mainspring", user: String?) throws -> TimerPlan {
        var plan = try TimerPlan(
            JobCatalogue(home: place.home), names: jobs.isEmpty ? nil : jobs,
            timeZone: place.settings.businessTimeZone, program: Self.absolute(program ?? Home.program),
            home: asHome.map(Self.absolute) ?? place.home.path, environmentFile: Self.absolute(environmentFile),
            logFolder: Self.absolute(logFolder), user: user)
        plan.lockWait = lockWait
        return plan
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}

struct JobsCrontabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crontab",
        abstract: "Print a crontab that starts the jobs when their schedules say.",
        discussion: """
            A job's schedule counts in business.time_zone. cronie is told so by CRON_TZ. Debian's cron doesn't heed \
            that, and counts in the machine's zone: for it the schedules are converted, and one that can't be (the \
            clocks of the two zones change on different days; a last day of a month) is refused. Output goes to a log a \
            job; what cron mails is which run failed. Nothing is installed.

            EXAMPLES
              mainspring jobs crontab | crontab -
              mainspring jobs crontab --user mainspring >/etc/cron.d/mainspring
              mainspring jobs crontab nightly --cron debian --machine-zone UTC

            \(ExitStatus.section(ExitStatus.reading))
            """)

    enum Cron: String, ExpressibleByArgument, CaseIterable { case debian, cronie }

    @OptionGroup var timers: TimerOptions

    @Option(help: "Which cron: debian or cronie; by default debian on a machine with /etc/debian_version.")
    var cron: Cron?

    @Option(help: ArgumentHelp("The zone in which Debian's cron counts; by default the machine's.", valueName: "zone"))
    var machineZone: String?

    @Option(help: ArgumentHelp("Where the logs lie.", valueName: "folder"))
    var log = "/var/log/mainspring"

    @Option(help: ArgumentHelp("The account that runs the jobs, for a file in /etc/cron.d.", valueName: "name"))
    var user: String?

    @OptionGroup var placing: PlaceOptions

    func validate() throws {
        if let machineZone, TimeZone(identifier: machineZone) == nil {
            throw ValidationError("“\(machineZone)” isn't an IANA time zone.")
        }
    }

    func run() throws {
        let plan = try timers.plan(try placing.place(), logFolder: log, user: user)
        let isDebian = FileManager.default.fileExists(atPath: "/etc/debian_version")
        let flavour: Crontab.Flavour =
            (cron ?? (isDebian ? .debian : .cronie)) == .cronie
            ? .cronie : .debian(machineZone: machineZone ?? TimeZone.current.identifier)
        Console.out(try Crontab(plan, for: flavour).text())
    }
}

struct JobsSystemdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd",
        abstract: "Print systemd timers and services that start the jobs when their schedules say.",
        discussion: """
            A service and a timer a job, in business.time_zone. What a run prints goes to systemd's journal. Nothing is \
            installed: copy them to /etc/systemd/system, then `systemctl daemon-reload` and \
            `systemctl enable --now mainspring-nightly.timer`.

            EXAMPLES
              mainspring jobs systemd nightly
              mainspring jobs systemd --out /etc/systemd/system --user mainspring

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @OptionGroup var timers: TimerOptions

    @Option(help: ArgumentHelp("The account that runs the jobs.", valueName: "name"))
    var user = "mainspring"

    @Option(help: ArgumentHelp("A folder to write the units to.", valueName: "folder"))
    var out: String?

    @OptionGroup var placing: PlaceOptions

    func run() throws {
        let units = SystemdUnits(try timers.plan(try placing.place(), user: user)).units()
        guard let out else {
            return Console.out(units.map { "### \($0.name)\n\($0.text)" }.joined(separator: "\n"))
        }
        do {
            try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
            for unit in units {
                try Data(unit.text.utf8).write(to: URL(fileURLWithPath: "\(out)/\(unit.name)"), options: .atomic)
            }
        } catch {
            throw Failure(
                .fileUnwritable, "The units can't be written.", at: .file(out), advice: "Check the folder's rights.")
        }
        for unit in units { Console.out("\(out)/\(unit.name)") }
    }
}

struct JobsSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print a JSON Schema of the jobs' files, for an editor.",
        discussion: """
            It says which keys and words a file may have. What depends on other files (which reports, steps and \
            parameters there are) only `mainspring jobs check` knows.

            EXAMPLES
              mainspring jobs schema >job.schema.json

            \(ExitStatus.section(ExitStatus.reading))
            """)

    func run() throws { Console.out(JobSchema.text) }
}
