import Foundation
import Postgres
import Tabular

/// Figures of the marketplace in a database, by the SELECTs of `Tests/Fixtures/reports/independent`.
struct IndependentFigures {
    static let folder = Repository.root + "/Tests/Fixtures/reports/independent"
    /// A quarter, so that there is something before the window, and months to tell apart.
    static let from = "2026-04-01"
    static let to = "2026-06-30"

    let connection: Connection

    private static let values: [String: SQLValue] = [
        "from": .date(from), "to": .date(to), "business_date": .date(to),
        "cut_off": .timestamptz("2026-06-30T19:00:00Z"), "time_zone": .text("Asia/Karachi"),
        "business_currency": .text("PKR"),
    ]

    func table(of name: String) throws -> FigureTable {
        let file = "\(Self.folder)/\(name).sql"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let statement = try SQLTemplate(text, source: file).bind(Self.values)
        let columns = try connection.describe(statement).columns.map(\.name)
        let rows = try connection.query(statement).map { row in columns.indices.map { row.optionalText(at: $0) } }
        return FigureTable(columns: columns, rows: rows)
    }

    /// What the generator laid into the inbox, each as a table of texts: `demo_truth`, and of the statements
    /// `demo_stripe`, `demo_jazzcash`, `demo_tcs` and `demo_bank` with `file` and `line` before their own columns; then
    /// what the scripts in `shared/` make of them.
    func loadFiles(of inbox: String) throws {
        try load(["\(inbox)/truth.csv"], into: "demo_truth")
        for statement in ["stripe", "jazzcash", "tcs", "bank"] {
            let folder = "\(inbox)/\(statement)/imported"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".csv") }
            try load(names.sorted().map { "\(folder)/\($0)" }, into: "demo_\(statement)")
        }
        let shared = "\(Self.folder)/shared"
        for name in try FileManager.default.contentsOfDirectory(atPath: shared).sorted() {
            try connection.script(try String(contentsOfFile: "\(shared)/\(name)", encoding: .utf8), name: name)
        }
    }

    private func load(_ files: [String], into table: String) throws {
        var columns: [String] = []
        for file in files {
            let read = try FigureTable.read(file)
            if columns.isEmpty {
                columns = read.columns.map(Self.columnName)
                let definitions = (["file", "line"] + columns).map { "\($0) text" }.joined(separator: ", ")
                try connection.script("CREATE TEMPORARY TABLE \(table) (\(definitions))")
            }
            try connection.copyIn("COPY \(table) FROM STDIN") { writer in
                for (index, row) in read.rows.enumerated() {
                    try writer.append(field: (file as NSString).lastPathComponent)
                    try writer.append(field: "\(index + 2)")
                    // The trailer of a remittance is shorter than its lines.
                    for place in columns.indices { try writer.append(field: place < row.count ? row[place] : nil) }
                    try writer.endRow()
                }
            }
        }
        try connection.script("ANALYZE \(table)")
    }

    /// `Txn Ref No` → `txn_ref_no`, `D/C` → `d_c`, `payment_metadata[order_number]` → `payment_metadata_order_number`.
    private static func columnName(_ heading: String) -> String {
        heading.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "_")
    }
}

/// Rows by column names, as text; nil is NULL.
struct FigureTable {
    var columns: [String]
    var rows: [[String?]]

    static func read(_ path: String) throws -> FigureTable {
        let reader = try CSVReader(path: path, options: .init(blanks: .kept))
        var table = FigureTable(columns: [], rows: [])
        while let record = try reader.next() {
            let fields = (0..<record.count).map { index in record[index].map { String(decoding: $0, as: UTF8.self) } }
            if table.columns.isEmpty { table.columns = fields.map { $0 ?? "" } } else { table.rows.append(fields) }
        }
        return table
    }

    /// A report that was split has a folder of files, and an index that only names them.
    static func read(report name: String, in folder: String) throws -> FigureTable {
        guard !FileManager.default.fileExists(atPath: "\(folder)/\(name).csv") else {
            return try read("\(folder)/\(name).csv")
        }
        var table = FigureTable(columns: [], rows: [])
        for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)").sorted()
        where file.hasSuffix(".csv") && file != "index.csv" {
            let part = try read("\(folder)/\(name)/\(file)")
            table = FigureTable(columns: part.columns, rows: table.rows + part.rows)
        }
        return table
    }

    /// In what a report differs from these figures, looking at their columns only; nil if in nothing.
    func difference(from report: FigureTable) -> String? {
        var places: [Int] = []
        for column in columns {
            guard let place = report.columns.firstIndex(of: column) else {
                return "the report has no column “\(column)”"
            }
            places.append(place)
        }
        var balance: [String: Int] = [:]
        for row in report.rows { balance[text(places.map { row[$0] }), default: 0] += 1 }
        for row in rows { balance[text(row), default: 0] -= 1 }
        let inReport = balance.filter { $0.value > 0 }
        let inFigures = balance.filter { $0.value < 0 }
        guard !inReport.isEmpty || !inFigures.isEmpty else { return nil }
        let counts = (inReport.values.reduce(0, +), -inFigures.values.reduce(0, +))
        return "\(counts.0) \(counts.0 == 1 ? "row" : "rows") only in the report"
            + (inReport.keys.min().map { ", first \($0)" } ?? "") + "; \(counts.1) only in the figures"
            + (inFigures.keys.min().map { ", first \($0)" } ?? "")
    }

    private func text(_ row: [String?]) -> String {
        zip(columns, row).map { "\($0)=\($1.map(Self.canonical) ?? "NULL")" }.joined(separator: " ")
    }

    /// A decimal without its last zeros; a truth value as CSV files have it.
    private static func canonical(_ field: String) -> String {
        if field == "t" || field == "f" { return field == "t" ? "true" : "false" }
        guard field.wholeMatch(of: /-?[0-9]+\.[0-9]+/) != nil else { return field == "-0" ? "0" : field }
        let trimmed = field.reversed().drop { $0 == "0" }.drop { $0 == "." }
        let text = String(trimmed.reversed())
        return text == "-0" ? "0" : text
    }
}
