import Configuration
import Diagnostics
import Foundation
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Jobs

@Suite("The page over all runs")
struct RunsIndexTests {
    private static let job = JobDefinition(name: "nightly", steps: [JobStep(.reports(["night", "breaks"]))])

    private func index(_ home: TemporaryHome, _ target: ConnectionTarget?, _ progress: RecordedProgress) -> RunsIndex {
        RunsIndex(
            directory: home.home.resolve("out"),
            connect: {
                guard let target else { throw Failure(.databaseUnreachable, "No server answers.") }
                return try Connection(target, role: "mainspring_report")
            }, notice: { progress.notice($0) })
    }

    @Test("leads to the page of each business date, and the files of a run lie where it says")
    func leads() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome()
            let progress = RecordedProgress()
            var environment = home.environment(target, home: TemporaryHome.shipped, progress: progress)
            environment.observers = [index(home, target, progress)]
            for date in ["2026-06-29", "2026-06-30", "2026-06-30"] {
                var options = RunOptions()
                options.date = date
                let summary = try Runner(environment).run(Self.job, options)
                #expect(summary.status == "done")
                #expect(summary.files.map(\.path) == ["night.html", "reports/breaks.csv", "reports/breaks.xlsx"])
            }
            let text = try String(contentsOfFile: home.home.resolve("out/index.html"), encoding: .utf8)
            let links = text.matches(of: /href="([^"]+)"/).map { String($0.output.1) }
            #expect(links == ["nightly/2026-06-30/night.html", "nightly/2026-06-29/night.html"])
            for link in links { #expect(FileManager.default.fileExists(atPath: home.home.resolve("out/\(link)"))) }
            let page = try String(contentsOfFile: home.home.resolve("out/\(links[0])"), encoding: .utf8)
            #expect(page.contains("href=\"reports/breaks.csv\""))
            #expect(progress.notices.allSatisfy { !$0.contains("page over all runs") })
        }
    }

    @Test("a failed run stands there as failed; a server that is gone breaks no run, and is told")
    func failures() throws {
        try TestDatabase.withShop { connection, target in
            try JobShop.fill(connection)
            let home = try TemporaryHome(["out/x": ""])
            let progress = RecordedProgress()
            var environment = home.environment(target, home: TemporaryHome.shipped, progress: progress)
            environment.observers = [index(home, target, progress)]
            var options = RunOptions()
            options.date = "2026-06-30"
            try connection.script("ALTER TABLE mainspring.breaks RENAME TO gone")
            #expect(try Runner(environment).run(Self.job, options).status == "failed")
            let text = try String(contentsOfFile: home.home.resolve("out/index.html"), encoding: .utf8)
            #expect(text.contains("<td class=\"bad\">failed</td>") && !text.contains("href="))
            try connection.script("ALTER TABLE mainspring.gone RENAME TO breaks")
            environment.observers = [index(home, nil, progress)]
            #expect(try Runner(environment).run(Self.job, options).status == "done")
            #expect(progress.notices.contains { $0.contains("The page over all runs can't be written") })
        }
    }
}
