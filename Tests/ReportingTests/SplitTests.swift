import Diagnostics
import FoundationEssentials
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

private let split = """
    /*
    title: Orders of stores
    description: Every order by its store, and a row that sums up.
    owner: finance
    columns:
      store_id: { heading: Store, kind: integer }
      order_number: { heading: Order, kind: text }
      currency: { heading: Currency, kind: text }
      value: { heading: Value, kind: money, total: sum }
      closing: { heading: Closing, kind: money, total: sum }
    currency: currency
    sort: [store_id, currency, order_number]
    split: { by: store_id, index: [store_id, currency, closing] }
    */
    SELECT o.store_id, o.order_number, o.currency, o.total_amount AS value, NULL::numeric AS closing
    FROM orders AS o
    UNION ALL
    SELECT o.store_id, 'sum', o.currency, NULL, sum(o.total_amount)
    FROM orders AS o
    GROUP BY o.store_id, o.currency
    ORDER BY store_id, currency, order_number;
    """

@Suite("A report that is split")
struct SplitTests {
    private func publish(
        _ text: String, into folder: String, formats: [ReportHeader.Format] = [.csv], splits: Bool = true
    ) throws -> [Manifest.File] {
        try PaperShop.withShop { (reader, _) throws in
            let reports = "\(folder)/reports"
            try FileManager.default.createDirectory(atPath: reports, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: "\(reports)/orders-of-stores.sql"))
            var publisher = ReportPublisher(
                catalogue: try ReportCatalogue.load(folder: reports), runner: try PaperShop.runner())
            publisher.splits = splits
            return try publisher.publish("orders-of-stores", formats: formats, into: folder, on: reader)
        }
    }

    @Test func becomes_a_file_a_store_and_an_index() throws {
        try ReportFiles.withFolder { folder in
            let files = try publish(split, into: folder, formats: [.csv, .xlsx])
            #expect(
                files.filter { $0.format == "csv" }.map(\.path) == [
                    "orders-of-stores/1.csv", "orders-of-stores/2.csv", "orders-of-stores/3.csv",
                    "orders-of-stores/index.csv",
                ])
            #expect(files.count == 8)
            // The index names the files of the last format: a person opens the workbook.
            #expect(
                try ReportFiles.text(folder + "/orders-of-stores/index.csv") == """
                    store_id,currency,closing,file
                    1,PKR,18958.50,1.xlsx
                    1,USD,600.00,1.xlsx
                    2,PKR,2760.00,2.xlsx
                    3,PKR,2000.00,3.xlsx

                    """)
            #expect(try ReportFiles.text(folder + "/orders-of-stores/3.csv").hasSuffix("3,sum,PKR,,2000.00\n"))
            let sums = files.filter { $0.path.hasSuffix(".csv") && !$0.path.hasSuffix("index.csv") }.map(\.sums)
            #expect(sums == [["PKR": "18958.50", "USD": "600.00"], ["PKR": "2760.00"], ["PKR": "2000.00"]])
            #expect(files.allSatisfy { $0.rows > 0 && $0.bytes > 0 })
        }
    }

    @Test func is_whole_where_one_file_is_wanted() throws {
        try ReportFiles.withFolder { folder in
            let files = try publish(split, into: folder, splits: false)
            #expect(files.map(\.path) == ["orders-of-stores.csv"])
            #expect(files.first?.rows == 17)
        }
    }

    /// They would write over a file, or beside the folder.
    @Test func refuses_rows_that_have_no_file() throws {
        let scattered = split.replacing("ORDER BY store_id, currency, order_number;", with: "ORDER BY currency, 2;")
        let climbing = split.replacing("SELECT o.store_id, 'sum'", with: "SELECT '../x', 'sum'")
            .replacing("SELECT o.store_id,", with: "SELECT '../x' AS store_id,")
            .replacing("heading: Store, kind: integer", with: "heading: Store, kind: text")
        for (text, words) in [(scattered, "don't stand together"), (climbing, "can't be called “../x”")] {
            try ReportFiles.withFolder { folder in
                let error = try failure { _ = try publish(text, into: folder) }
                #expect(error.code == .reportInvalid)
                #expect(error.message.contains(words), "\(error)")
            }
        }
    }

    /// What is changed in the header, and a word of what must be said.
    @Test(
        arguments: [
            ("by: store_id", "by: stor_id", "Did you mean “store_id”?"), ("by: store_id", "by: value", "isn't one of"),
            ("by: store_id", "by: order_number", "ordered by something else"),
            ("currency, closing] }", "curency, closing] }", "Did you mean “currency”?"),
            ("[store_id, currency, closing]", "[store_id, closing]", "in which currency"),
            ("index:", "indx:", "Did you mean “index”?"), (", index: [store_id, currency, closing]", "", "index"),
        ])
    func is_held_to_its_header(old: String, new: String, words: String) throws {
        #expect(split.contains(old))
        let error = try failure {
            _ = try ReportDefinition(
                name: "x", text: split.replacing(old, with: new), file: "reports/x.sql")
        }
        #expect(error.code == .reportInvalid)
        #expect("\(error.message) \(error.advice ?? "")".contains(words), "\(error)")
    }
}
