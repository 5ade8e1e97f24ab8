package import Foundation

/// systemd's units for the jobs of a home: a service and a timer each.
package struct SystemdUnits: Sendable {
    /// A unit's file.
    package struct Unit: Sendable, Equatable {
        package let name: String
        package let text: String
    }

    private let plan: TimerPlan

    package init(_ plan: TimerPlan) { self.plan = plan }

    /// Every unit, in the order of the jobs.
    package func units(now: Date = Date()) -> [Unit] {
        plan.entries.flatMap { entry in
            [
                Unit(name: "mainspring-\(entry.job.name).service", text: service(entry)),
                Unit(name: "mainspring-\(entry.job.name).timer", text: timer(entry, now: now)),
            ]
        }
    }

    private func service(_ entry: TimerPlan.Entry) -> String {
        """
        # Written by `mainspring jobs systemd`. What it prints: journalctl -u mainspring-\(entry.job.name)
        [Unit]
        Description=Mainspring: \(Self.escaped(entry.job.about ?? entry.job.name))
        Wants=network-online.target
        After=network-online.target postgresql.service

        [Service]
        Type=oneshot
        User=\(plan.user ?? "mainspring")
        WorkingDirectory=\(Self.escaped(plan.home))
        # NAME='value' lines, such as DATABASE_URL, in a file that only its owner reads; it may be missing.
        EnvironmentFile=-\(Self.escaped(plan.environmentFile))
        # Two runs at once do no harm: one waits for the other's lock. No flock is needed.
        ExecStart=\(plan.command(entry.job).map(Self.word).joined(separator: " "))
        Nice=\(plan.niceness)
        # SIGTERM cancels at the server, rolls back and is journalled, within seconds.
        TimeoutStopSec=30
        NoNewPrivileges=true

        """
    }

    private func timer(_ entry: TimerPlan.Entry, now: Date) -> String {
        let warnings = plan.warnings(entry, now: now).map { "# Beware: \($0)\n" }.joined()
        let calendar = OnCalendar.expressions(entry.schedule, zone: plan.timeZone).map { "OnCalendar=\($0)\n" }.joined()
        let persistent =
            entry.job.window.isOncePerDate
            ? "# A time that passed while the machine was off is made up for, once; the run names the dates that it missed.\n"
                + "Persistent=true"
            : "# An hour that passed while the machine was off needs no making up for.\nPersistent=false"
        return """
            # Written by `mainspring jobs systemd`, for the schedule \(entry.schedule.text) in \(plan.timeZone).
            \(warnings)[Unit]
            Description=When Mainspring's job \(entry.job.name) is run

            [Timer]
            \(calendar)\(persistent)

            [Install]
            WantedBy=timers.target

            """
    }

    /// systemd expands % in most values.
    private static func escaped(_ text: String) -> String { text.replacing("%", with: "%%") }

    /// A word of a command line, as systemd splits it.
    private static func word(_ text: String) -> String {
        if text.wholeMatch(of: /[A-Za-z0-9_\/.:@=+,-]+/) != nil { return text }
        let inner = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("$", with: "$$")
        return "\"" + escaped(inner) + "\""
    }
}

/// A schedule of cron as systemd.time(7) writes it.
enum OnCalendar {
    /// One expression, or two where cron means either of two days.
    static func expressions(_ schedule: CronSchedule, zone: String) -> [String] {
        let twoDigits: (Int) -> String = { String(format: "%02d", $0) }
        func list(_ field: CronSchedule.Field, _ all: ClosedRange<Int>) -> String {
            CronText.list(field.values, all: all, range: "..", twoDigits)
        }
        let time = "\(list(schedule.hours, 0...23)):\(list(schedule.minutes, 0...59)):00 \(zone)"
        let months = list(schedule.months, 1...12)
        let days = list(schedule.days, 1...31)
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        // systemd's week begins on Monday.
        let week = schedule.weekdays.values.map { ($0 + 6) % 7 }.sorted()
        let weekdays = week.count == 7 ? "" : CronText.list(week, all: 0...6, range: "..") { names[$0] } + " "
        if schedule.isEveryDay { return ["*-\(months)-* \(time)"] }
        if schedule.eitherDay {
            return ["*-\(months)-\(days) \(time)", "\(weekdays)*-\(months)-* \(time)"]
        }
        return ["\(weekdays)*-\(months)-\(days) \(time)"]
    }
}
