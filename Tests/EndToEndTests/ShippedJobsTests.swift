import Foundation
import Testing

/// hourly, month-end and weekly-audit, over a generated marketplace.
@Suite("The other shipped jobs", .serialized)
struct ShippedJobsTests {
    private struct Summary: Decodable {
        struct Step: Decodable {
            struct Detail: Decodable {
                struct Change: Decodable {
                    var entity: String
                    var finding: String
                }
                var changes: [Change]
            }
            var step: String
            var changed: Int
            var detail: Detail
        }
        var from: String
        var to: String
        var status: String
        var folder: String?
        var steps: [Step]
    }

    private func demo() throws -> TestHome {
        let home = try TestHome()
        let made = try home.run("demo", "--orders", "600", "--seed", "3")
        #expect(made.code == 0, "\(made.error)")
        return home
    }

    private func run(_ home: TestHome, _ job: String, _ arguments: String...) throws -> Summary {
        let ending = try Program.run(["run", job, "--json"] + arguments, in: home.path)
        #expect([0, 4].contains(ending.code), "\(ending.error)")
        return try JSONDecoder().decode(Summary.self, from: Data(ending.output.utf8))
    }

    @Test("an hour of the day leaves that day's night as it would have been without it, byte for byte")
    func hour() throws {
        var nights: [[String: Data]] = []
        for hasHour in [true, false] {
            let home = try demo()
            _ = try run(home, "nightly", "--date", "2026-06-28")
            if hasHour {
                let hour = try run(home, "hourly", "--date", "2026-06-29")
                #expect(hour.status == "done" && hour.folder == nil)
            }
            _ = try run(home, "nightly", "--date", "2026-06-29")
            nights.append(try home.files("out/nightly/2026-06-29").filter { $0.key != "manifest.json" })
        }
        #expect(nights[0].count > 15)
        #expect(nights[0].keys.sorted() == nights[1].keys.sorted())
        for (name, bytes) in nights[0] { #expect(nights[1][name] == bytes, "\(name)") }
    }

    @Test("the audit finds the orders that were planted with sums that are wrong, and nothing else; the month is whole")
    func audit() throws {
        let home = try demo()
        _ = try run(home, "nightly", "--date", "2026-06-30")
        let audit = try run(home, "weekly-audit", "--date", "2026-06-30")
        #expect(audit.steps.prefix(2).allSatisfy { $0.changed == 0 }, "the night left no drift")
        let found = audit.steps.filter { $0.step.hasPrefix("audit-") }.flatMap(\.detail.changes)
        let truth = String(decoding: try home.read(".mainspring/inbox/truth.csv"), as: UTF8.self)
            .split(whereSeparator: \.isNewline).filter { $0.hasPrefix("order.arithmetic,") }
            .compactMap { $0.split(separator: ",").dropFirst().first.map(String.init) }
        #expect(!truth.isEmpty && Set(found.map(\.entity)) == Set(truth), "\(found)")

        let month = try run(home, "month-end", "--date", "2026-06-30")
        #expect(month.from == "2026-06-01" && month.to == "2026-06-30" && month.steps.allSatisfy { $0.changed == 0 })
        let files = try home.files(try #require(month.folder))
        #expect(files.keys.contains("finance-pack.xlsx") && files.keys.contains("extracts/orders.csv"))
        try checkStatements(files)
        _ = try run(home, "month-end", "--date", "2026-06-30")
        let again = try home.files("out/month-end/2026-06-30")
        for (name, bytes) in files where name != "manifest.json" { #expect(again[name] == bytes, "\(name)") }
    }

    /// A file a store, an index that names each and sums to what sellers are owed, and the bridge in all of them.
    private func checkStatements(_ files: [String: Data]) throws {
        func rows(_ name: String) throws -> [[String: String]] {
            // For spreadsheets it begins with the mark of UTF-8.
            let text = String(decoding: try #require(files[name], "\(name)").dropFirst(3), as: UTF8.self)
            let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            let columns = try #require(lines.first).map(String.init)
            return lines.dropFirst().map {
                Dictionary(zip(columns, $0.map(String.init)), uniquingKeysWith: { first, _ in first })
            }
        }
        func sum(_ rows: [[String: String]], _ column: String, _ currency: String) -> Decimal {
            rows.filter { $0["currency"] == currency }
                .reduce(0) { $0 + (Decimal(string: $1[column] ?? "") ?? .nan) }
        }
        #expect(files.keys.contains("month-end-pack.xlsx"))
        let folder = "reports/seller-statement"
        let index = try rows("\(folder)/index.csv")
        let stores = Set(index.compactMap { $0["store_id"] })
        #expect(stores.count > 5)
        #expect(
            Set(files.keys.filter { $0.hasPrefix(folder) })
                == Set((stores + ["index"]).flatMap { ["\(folder)/\($0).csv", "\(folder)/\($0).xlsx"] }))
        #expect(index.allSatisfy { files["\(folder)/\($0["file"] ?? "")"] != nil })
        let control = try rows("reports/seller-control.csv")
        #expect(!control.isEmpty && control.allSatisfy { $0["pass"] == "pass" })
        let ageing = try rows("reports/seller-payables-ageing.csv")
        for currency in Set(index.compactMap { $0["currency"] }) {
            #expect(sum(index, "closing_balance", currency) == sum(ageing, "balance", currency), "\(currency)")
            let held = ["not_delivered", "within_term", "on_its_way", "in_open_breaks"]
                .map { sum(ageing, $0, currency) }.reduce(0, +)
            #expect(sum(index, "on_hold", currency) == held, "\(currency)")
        }
    }
}
