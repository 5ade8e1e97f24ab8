import Foundation
import Testing

/// What a machine is asked to do, held against the programs that do it. `scripts/setup.sh test` installs them.
@Suite("Timers and packaging, by the machine's own programs")
struct InstallTests {
    /// A folder of its own, deleted with the value.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "mainspring-install-\(UUID().uuidString)"
        ).path

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(file)") }
        func read(_ file: String) throws -> String { try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8) }
        func write(_ file: String, _ text: String) throws {
            try text.write(toFile: "\(path)/\(file)", atomically: true, encoding: .utf8)
        }
    }

    private func tool(
        _ words: [String], in folder: String = Repository.root, environment: [String: String] = [:]
    ) throws -> Program.Ending {
        try Program.Running(words, in: folder, environment: Program.environment(environment)).wait()
    }

    private func install(into folder: Folder, prefix: String = "/usr/local") throws {
        let ending = try tool([
            "make", "-s", "install-files", "MAINSPRING=\(Program.path)", "DESTDIR=\(folder.path)", "PREFIX=\(prefix)",
        ])
        #expect(ending.code == 0, "\(ending.error)")
    }

    @Test("systemd takes the units of the shipped jobs, and knows when each is due")
    func systemd() throws {
        let folder = try Folder()
        let written = try Program.run(
            ["jobs", "systemd", "--home", Repository.root, "--out", folder.path, "--program", "/bin/true"])
        #expect(written.code == 0 && written.lines.count == 8, "\(written.error)")
        let verified = try tool(["systemd-analyze", "verify", "--man=no"] + written.lines.map(String.init))
        #expect(verified.code == 0 && verified.error.isEmpty, "\(verified.error)")
        for timer in written.lines where timer.hasSuffix(".timer") {
            let lines = try String(contentsOfFile: String(timer), encoding: .utf8).split(separator: "\n")
            let calendars = lines.filter { $0.hasPrefix("OnCalendar=") }.map { String($0.dropFirst(11)) }
            #expect(!calendars.isEmpty)
            for calendar in calendars {
                let ending = try tool(["systemd-analyze", "calendar", calendar])
                #expect(ending.code == 0 && ending.output.contains("Next elapse"), "\(calendar): \(ending.error)")
            }
        }
    }

    @Test("systemd starts the night at half past two of the business's clock, on both sides of a change of clocks")
    func clocks() throws {
        let ending = try tool([
            "systemd-analyze", "calendar", "--base-time=2027-03-27 12:00 UTC", "--iterations=2",
            "*-*-* 03:30:00 Europe/Berlin",
        ])
        #expect(ending.output.contains("2027-03-28 01:30:00 UTC") && ending.output.contains("2027-03-29 01:30:00 UTC"))
    }

    @Test("cron's own parser takes the crontab, as a user's and with a user's name", arguments: ["debian", "cronie"])
    func crontab(_ cron: String) throws {
        let folder = try Folder()
        let written = try Program.run([
            "jobs", "crontab", "--home", Repository.root, "--cron", cron, "--machine-zone", "UTC",
        ])
        #expect(written.code == 0, "\(written.error)")
        try folder.write("crontab", written.output)
        let usage = try tool(["crontab", "-?"])
        let check = usage.error.contains("-T") ? "-T" : "-n"
        let checked = try tool(["crontab", check, "\(folder.path)/crontab"])
        #expect(checked.code == 0, "\(checked.error)")
        // The parser is one that finds what is wrong.
        try folder.write("wrong", written.output + "61 * * * * true\n")
        #expect(try tool(["crontab", check, "\(folder.path)/wrong"]).code != 0)
    }

    @Test("a line of the crontab runs the job with its environment, keeps the log, and tells cron of a failure only")
    func line() throws {
        let folder = try Folder()
        let home = try TestHome()
        try folder.write("environment", "DATABASE_URL='postgresql://nobody@127.0.0.1:1/none'\n")
        let written = try Program.run([
            "jobs", "crontab", "nightly", "--home", home.path, "--cron", "cronie", "--log", folder.path,
            "--environment-file", "\(folder.path)/environment", "--lock-wait", "5s",
        ])
        let line = try #require(written.lines.first { $0.hasPrefix("30 2 * * * ") })
        let command = String(line.dropFirst("30 2 * * * ".count)).replacing("\\%", with: "%")
        let failed = try tool(["sh", "-c", command])
        #expect(failed.output.hasPrefix("mainspring run nightly ended with 1, see \(folder.path)/nightly.log"))
        #expect(try folder.read("nightly.log").contains("[database.unreachable]"))
    }

    @Test("make install lays everything where a system looks for it; what is installed runs; uninstall takes it away")
    func install() throws {
        let folder = try Folder()
        try install(into: folder)
        for file in [
            "usr/local/bin/mainspring", "usr/local/share/mainspring/jobs/nightly.yml",
            "usr/local/share/mainspring/config/deploy/logins.sql", "usr/local/share/man/man1/mainspring.1",
            "usr/local/share/bash-completion/completions/mainspring", "usr/local/share/zsh/site-functions/_mainspring",
            "usr/local/share/fish/vendor_completions.d/mainspring.fish",
            "usr/local/lib/systemd/system/mainspring-nightly.service",
            "usr/local/lib/systemd/system/mainspring-nightly.timer", "etc/logrotate.d/mainspring",
        ] { #expect(folder.exists(file), "\(file)") }
        let service = try folder.read("usr/local/lib/systemd/system/mainspring-nightly.service")
        #expect(service.contains("ExecStart=/usr/local/bin/mainspring run nightly --home /srv/mainspring"))

        // By its name alone, as a shell finds it on PATH.
        let path = "\(folder.path)/usr/local/bin:/usr/bin:/bin"
        let version = try tool(["mainspring", "--version"], in: "/", environment: ["PATH": path])
        #expect(version.code == 0 && version.output.hasPrefix("0."))
        let jobs = try tool(["mainspring", "jobs", "list"], in: "/", environment: ["PATH": path])
        #expect(jobs.code == 0 && jobs.output.contains("weekly-audit"), "\(jobs.error)")

        let bash = try tool(["bash", "-n", "\(folder.path)/usr/local/share/bash-completion/completions/mainspring"])
        #expect(bash.code == 0, "\(bash.error)")
        for file in ["zsh/site-functions/_mainspring", "fish/vendor_completions.d/mainspring.fish"] {
            #expect(try folder.read("usr/local/share/\(file)").contains("reconcile"))
        }

        let removed = try tool(["make", "-s", "uninstall", "DESTDIR=\(folder.path)"])
        #expect(removed.code == 0, "\(removed.error)")
        let left = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let files = left.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder.path)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        #expect(files.isEmpty, "\(files)")
    }

    @Test("a prefix of one's own needs no right to /etc")
    func prefix() throws {
        let folder = try Folder()
        try install(into: folder, prefix: "/home/me/.local")
        #expect(folder.exists("home/me/.local/etc/logrotate.d/mainspring") && !folder.exists("etc"))
    }

    @Test("man reads the manual page without a warning, and finds every command in it")
    func manual() throws {
        let folder = try Folder()
        try folder.write("mainspring.1", try Program.run(["manual"]).output)
        let page = try tool(
            ["man", "--warnings=all", "-l", "\(folder.path)/mainspring.1"],
            environment: ["MANWIDTH": "100", "LC_ALL": "C.UTF-8"])
        #expect(page.code == 0 && page.error.isEmpty, "\(page.error)")
        for words in ["mainspring run", "mainspring jobs crontab", "EXIT STATUS", "mainspring extract"] {
            #expect(page.output.contains(words), "\(words)")
        }
    }

    @Test("logrotate takes its file")
    func logrotate() throws {
        let folder = try Folder()
        let text = try String(contentsOfFile: "\(Repository.root)/config/deploy/logrotate", encoding: .utf8)
        // The account is one that this machine has.
        try folder.write("logrotate", text.replacing("su mainspring mainspring", with: "su root root"))
        let ending = try tool(["logrotate", "--debug", "--state", "\(folder.path)/state", "\(folder.path)/logrotate"])
        #expect(ending.code == 0 && !ending.error.contains("error:"), "\(ending.error)")
        #expect(ending.error.contains("/var/log/mainspring/*.log"), "\(ending.error)")
    }

    @Test("jobs check goes on after a job that is wrong, and ends with 2")
    func check() throws {
        let home = try TestHome()
        try home.write("jobs/bad.yml", "job: bad\nschedule: \"61 2 * * *\"\nsteps:\n  - import: inbox\n")
        #expect(try home.run("migrate").code == 0)
        let ending = try home.run("jobs", "check")
        #expect(ending.code == 2, "\(ending.error)")
        #expect(ending.output.contains("bad: refused\n") && ending.output.contains("nightly: in order\n"))
        #expect(ending.error.contains("The minute of “61 2 * * *” can't be “61”."), "\(ending.error)")
        #expect(ending.error.contains("bad.yml:2:11"), "\(ending.error)")
    }
}
