import Configuration
import Diagnostics
import Foundation
import Reporting
import Testing

@testable import Jobs

@Suite("Timers: what cron and systemd are asked to do")
struct TimerTests {
    /// 2026-11-24, noon UTC.
    private static let now = Date(timeIntervalSince1970: 1_795_521_600)

    private func plan(
        _ schedule: String, zone: String = "Asia/Karachi", user: String? = nil, window: String = "previous-day"
    ) throws -> TimerPlan {
        let home = try TemporaryHome([
            "jobs/night.yml": "job: night\nwindow: \(window)\nschedule: \"\(schedule)\"\nsteps:\n  - import: inbox\n"
        ])
        return try TimerPlan(
            JobCatalogue(home: home.home), names: ["night"], timeZone: zone, program: "/usr/local/bin/mainspring",
            home: "/srv/100% mine", environmentFile: "/etc/mainspring/environment", logFolder: "/var/log/mainspring",
            user: user)
    }

    /// The schedules of a crontab's lines.
    private func lines(_ schedule: String, from zone: String, to machine: String) throws -> [String] {
        try Crontab(plan(schedule, zone: zone), for: .debian(machineZone: machine)).text(now: Self.now)
            .split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("SHELL") }
            .map { $0.split(separator: " ").prefix(5).joined(separator: " ") }
    }

    @Test("cronie is told the zone and gets the schedule as it is written; % and blanks reach no shell and no cron")
    func cronie() throws {
        let text = try Crontab(plan("30 2 * * *", user: "shop"), for: .cronie).text(now: Self.now)
        #expect(text.contains("\nCRON_TZ=Asia/Karachi\n"))
        #expect(
            text.hasSuffix(
                """
                30 2 * * * shop set -a; [ ! -r /etc/mainspring/environment ] || . /etc/mainspring/environment; \
                nice -n 10 /usr/local/bin/mainspring run night --home '/srv/100\\% mine' --lock-wait 2h \
                >>/var/log/mainspring/night.log 2>&1 \
                || echo 'mainspring run night ended with' $?, see /var/log/mainspring/night.log

                """))
        #expect(!text.contains("Beware"))
    }

    @Test(
        "Debian's cron counts in the machine's zone: the schedule is converted, days and all",
        arguments: [
            ("30 2 * * *", "Asia/Karachi", ["30 21 * * *"]),
            ("30 7 * * *", "Asia/Karachi", ["30 2 * * *"]),
            ("10 4-23 * * *", "Asia/Karachi", ["10 23 * * *", "10 0-18 * * *"]),
            ("0 6 * * 1", "Asia/Karachi", ["0 1 * * 1"]),
            ("0 2 * * 1", "Asia/Karachi", ["0 21 * * 0"]),
            ("0 2 * * sun,2-4", "Asia/Karachi", ["0 21 * * 1-3,6"]),
            ("0 5 1 * *", "Asia/Karachi", ["0 0 1 * *"]),
            ("0 2 2,15 3 *", "Asia/Karachi", ["0 21 1,14 3 *"]),
            ("*/30 * * * *", "Asia/Kathmandu", ["15,45 18-23 * * *", "15,45 0-17 * * *"]),
            ("30 2 * * *", "UTC", ["30 2 * * *"]),
            ("0 23 * * 5", "America/Bogota", ["0 4 * * 6"]),
            ("0 23 28-31 * 5", "UTC", ["0 23 28-31 * 5"]),
            ("0 2 1-31 * 1", "Asia/Karachi", ["0 21 * * *"]),
        ])
    func converted(_ schedule: String, _ zone: String, _ expected: [String]) throws {
        let written = try lines(schedule, from: zone, to: "Etc/UTC")
        #expect(written == expected.map { $0.replacing("*/30 * * * *", with: "*/30 * * * *") })
    }

    @Test("the same zone needs no conversion, whatever its clock does")
    func same() throws {
        #expect(try lines("30 2 * * *", from: "Europe/Berlin", to: "Europe/Berlin") == ["30 2 * * *"])
    }

    @Test(
        "what can't be converted is refused, with what to do instead",
        arguments: [
            ("30 2 * * *", "Europe/Berlin", "aren't the same distance apart"),
            ("0 2 1 * *", "Asia/Karachi", "the day of the month"),
            ("0 2 30 * *", "Asia/Karachi", "the day of the month"),
            ("0 2 * 3 *", "Asia/Karachi", "the day of the month"),
            ("0 2 */2 * 1", "Asia/Karachi", "the pair of days"),
            ("0 2 * 3 1", "Asia/Karachi", "the day of the month"),
        ])
    func inconvertible(_ schedule: String, _ zone: String, _ words: String) throws {
        let failure = try #require(
            #expect(throws: Failure.self) { try lines(schedule, from: zone, to: "Etc/UTC") })
        #expect(failure.code == .jobInvalid && failure.message.contains(words), "\(failure)")
        #expect(failure.advice?.contains("mainspring jobs systemd") == true)
    }

    @Test(
        "systemd's calendar says the same as cron's",
        arguments: [
            ("30 2 * * *", ["*-*-* 02:30:00 Asia/Karachi"]),
            ("10 4-23 * * *", ["*-*-* 04..23:10:00 Asia/Karachi"]),
            ("*/20 1,3 * * *", ["*-*-* 01,03:00,20,40:00 Asia/Karachi"]),
            ("* * * * *", ["*-*-* *:*:00 Asia/Karachi"]),
            ("0 5 1 1-3 *", ["*-01..03-01 05:00:00 Asia/Karachi"]),
            ("0 6 * * 1", ["Mon *-*-* 06:00:00 Asia/Karachi"]),
            ("0 6 * * 0,5-7", ["Fri..Sun *-*-* 06:00:00 Asia/Karachi"]),
            ("0 6 1 * mon", ["*-*-01 06:00:00 Asia/Karachi", "Mon *-*-* 06:00:00 Asia/Karachi"]),
            ("0 6 */10 * mon", ["Mon *-*-01,11,21,31 06:00:00 Asia/Karachi"]),
            ("0 6 1-31 2 mon", ["*-02-* 06:00:00 Asia/Karachi"]),
        ])
    func calendar(_ schedule: String, _ expected: [String]) throws {
        #expect(OnCalendar.expressions(try CronSchedule(schedule), zone: "Asia/Karachi") == expected)
    }

    @Test("a time that the clock passes over is told; other times of that day, and zones without such days, are not")
    func gap() throws {
        let berlin = try plan("30 2,3 * * *", zone: "Europe/Berlin")
        let warnings = berlin.warnings(berlin.entries[0], now: Self.now)
        #expect(warnings.count == 2)
        #expect(warnings[0].hasPrefix("On 2027-03-28 there is no 02:30 in Europe/Berlin, and night isn't started"))
        #expect(warnings[1].hasPrefix("On 2028-03-26 there is no 02:30"))
        let text = try Crontab(berlin, for: .cronie).text(now: Self.now)
        #expect(text.contains("# Beware: On 2027-03-28"))
        for (schedule, zone) in [
            ("30 2 * * 1", "Europe/Berlin"), ("30 3 * * *", "Europe/Berlin"), ("30 2 1 * *", "Europe/Berlin"),
            ("30 2 * 4 *", "Europe/Berlin"), ("30 * * * *", "Europe/Berlin"), ("30 2 * * *", "Asia/Karachi"),
        ] {
            let plan = try plan(schedule, zone: zone)
            #expect(plan.warnings(plan.entries[0], now: Self.now).isEmpty, "\(schedule) \(zone)")
        }
    }

    @Test("a service says who, where, with what and how nicely; a timer when, and whether it is made up for")
    func units() throws {
        let units = SystemdUnits(try plan("30 2 * * *", user: "shop")).units(now: Self.now)
        #expect(units.map(\.name) == ["mainspring-night.service", "mainspring-night.timer"])
        for line in [
            "User=shop", "WorkingDirectory=/srv/100%% mine", "EnvironmentFile=-/etc/mainspring/environment", "Nice=10",
            "ExecStart=/usr/local/bin/mainspring run night --home \"/srv/100%% mine\" --lock-wait 2h", "Type=oneshot",
        ] { #expect(units[0].text.split(separator: "\n").contains { $0 == line }, "\(line)") }
        #expect(units[1].text.contains("OnCalendar=*-*-* 02:30:00 Asia/Karachi\n"))
        #expect(units[1].text.contains("\nPersistent=true\n"))
        let hourly = SystemdUnits(try plan("10 * * * *", window: "last-hour")).units(now: Self.now)
        #expect(hourly[1].text.contains("\nPersistent=false\n"))
    }

    @Test("a job without a schedule is passed over, and refused when it is named; a home without any is refused")
    func none() throws {
        let home = try TemporaryHome(["jobs/a.yml": "job: a\nsteps:\n  - import: inbox\n"])
        for names in [nil, ["a"]] {
            let failure = try #require(
                #expect(throws: Failure.self) {
                    try TimerPlan(
                        JobCatalogue(home: home.home), names: names, timeZone: "UTC", program: "/p", home: "/h",
                        environmentFile: "/e", logFolder: "/l", user: nil)
                })
            #expect(failure.code == .jobInvalid && failure.advice?.contains("schedule") == true)
        }
    }

    @Test("the schema names every key and word that the reader knows")
    func schema() throws {
        let text = JobSchema.text
        let words =
            JobDefinition.keys + JobDefinition.stepKinds + StepOptions.keys + OnlyIf.words
            + WindowRule.allCases.map(\.rawValue) + Reaction.allCases.map(\.rawValue)
            + Maintenance.allCases.map(\.rawValue) + JobDefinition.parameterKinds.map(\.rawValue)
        for word in words { #expect(text.contains("\"\(word)\""), "\(word)") }
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
    }
}
