import Configuration
import Foundation
import Jobs
import Money
import Postgres
import Reconciliation
import Reporting
import Tabular
import TestSupport
import Testing

/// A home in a folder of its own, deleted with the value.
private final class ExampleHome {
    let home: Home

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "mainspring-docs-\(UUID().uuidString)")
        home = Home(path: folder.path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in Home.folders {
            try FileManager.default.copyItem(atPath: "\(Page.root)/\(name)", toPath: home.resolve(name))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: home.path) }

    /// Saves an example where its page says.
    func save(_ text: String?, as path: String) throws -> String {
        let file = home.resolve(path)
        try #require(text).write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }
}

private struct Silence: RunProgress {
    func notice(_ text: String) {}
    func began(step: String, number: Int, of count: Int) {}
    func ended(step: RunSummary.Step, of count: Int) {}
}

/// The worked examples, taken from their pages as a reader would, and run.
@Suite("The worked examples of the pages run")
struct ExampleTests {
    private static func paperShop(_ connection: Connection) throws {
        try connection.script(try Page("Tests/Fixtures/reports/shop.sql").text)
    }

    @Test("adding-a-report.md: the report is in order and runs; the workbook binds it")
    func report() throws {
        let page = try Page("docs/adding-a-report.md")
        let example = try ExampleHome()
        let file = try example.save(page.fences("sql").first, as: "reports/cancelled-orders.sql")
        let workbook = try example.save(page.fences("yaml").first, as: "reports/workbooks/operations.yml")
        let report = try ReportDefinition.load(file: file)
        let names = try ReportCatalogue.load(home: example.home).reports.map(\.name)
        let sheets = try WorkbookDefinition.load(file: workbook, reports: names).sheets.map(\.report)
        #expect(sheets.first == report.name)
        try TestDatabase.withShop { connection, target in
            try Self.paperShop(connection)
            try connection.script("UPDATE orders SET order_status = 'CANCELLED' WHERE order_id = 2")
            let reader = try Connection(target, role: "mainspring_report")
            defer { reader.close() }
            try report.check(on: reader)
            let window = try Window(from: BusinessDate("2026-06-01"), to: BusinessDate("2026-06-30"))
            let context = ReportContext(
                window: window, businessDate: window.to, cutOff: "2026-06-30 19:00:00+00", timeZone: "Asia/Karachi",
                businessCurrency: "PKR")
            #expect(try ReportRunner(context: context).run(report, on: reader, into: []).rows >= 1)
        }
    }

    @Test("adding-a-job.md: the job finds what differs, writes it, and finds nothing the second time")
    func job() throws {
        let page = try Page("docs/adding-a-job.md")
        let example = try ExampleHome()
        _ = try example.save(page.fences("sql").first, as: "jobs/verified-reviews.sql")
        _ = try example.save(page.fences("yaml").first, as: "jobs/reviews-daily.yml")
        let grant = try #require(page.text.firstMatch(of: /\nGRANT UPDATE[^;]+;/)).0
        try TestDatabase.withShop { connection, target in
            try Self.paperShop(connection)
            try connection.script("UPDATE reviews SET is_verified_purchase = FALSE")
            try connection.script(String(grant))
            let environment = RunEnvironment(
                home: example.home, settings: Settings(), target: target, interruption: Interruption(),
                progress: Silence())
            let job = try JobCatalogue(home: example.home).job("reviews-daily")
            let first = try Runner(environment).run(job)
            #expect(first.failure == nil && first.exitCode == 0)
            #expect((first.steps.first?.changed ?? 0) > 0)
            let second = try Runner(environment).run(job)
            #expect(second.exitCode == 0 && second.steps.first?.changed == 0)
        }
    }

    @Test("adding-a-gateway.md: the answer is read, and the statement is imported with its control totals")
    func gateway() throws {
        let page = try Page("docs/adding-a-gateway.md")
        let example = try ExampleHome()
        let yaml = page.fences("yaml")
        try #require(yaml.count == 2)
        _ = try example.save(yaml[0], as: "config/gateways/payfast.yml")
        _ = try example.save(yaml[1], as: "config/settlements/payfast.yml")
        let statement = try example.save(page.fences("csv").first, as: "payfast-2026-07.csv")
        let catalogue = try ChannelCatalogue.load(home: example.home)
        let mapping = try #require(catalogue.gateways.first { $0.name == "payfast" })
        let compiled = try #require(mapping.compiledSQL)
        let answer = try #require(page.fences("json").first)
        try TestDatabase.withShop { connection, target in
            let rows = try connection.query(
                Statement(
                    "WITH answers AS (SELECT 1 AS payment_id, $1::jsonb AS response) \(compiled)", [.json(answer)],
                    name: "example answer"))
            let row = try #require(rows.first)
            #expect(try row.text("status") == "captured")
            #expect(try row.text("amount") == "184500.00")
            #expect(try row.text("currency") == "PKR")
            #expect(try row.text("merchant_reference") == "ORD-2026-00042")
            let writer = try Connection(target, role: "mainspring_job")
            defer { writer.close() }
            let outcome = try StatementCheck(catalogue: catalogue, timeZone: "Asia/Karachi")
                .check(statement, as: "payfast", on: writer)
            guard case .imported(let imported) = outcome else {
                Issue.record("not imported: \(outcome)")
                return
            }
            #expect(imported.lines == 3 && imported.live == 3)
            #expect(imported.totals.map(\.gross).sorted() == ["-25000.00", "209500.00"])
        }
    }
}
