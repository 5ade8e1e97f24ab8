import Foundation
import Postgres
import Tabular
import TestSupport

/// A month worked out on paper: its shop, its nights, and what they must come to.
struct Month {
    struct Night {
        var date: String
        var files: [String]
        var changes: String
    }

    struct Problem: Error, CustomStringConvertible { var description: String }

    let name: String
    let folder: String
    let owner: Connection
    let database: String
    private let sql: SQLLibrary

    init(name: String, owner: Connection, database: String) throws {
        self.name = name
        self.folder = "\(MonthEndTests.folder)/\(name)"
        self.owner = owner
        self.database = database
        sql = try SQLLibrary(
            String(contentsOfFile: "\(MonthEndTests.folder)/load.sql", encoding: .utf8), source: "load.sql")
    }

    func load() throws {
        try owner.script(try sql["people"].literal())
        for table in ["orders", "items", "payments"] where exists("\(table).csv") {
            let rows = try JSONEncoder().encode(try Self.rows("\(folder)/\(table).csv"))
            try owner.execute(try sql[table].bind(["rows": .json(String(decoding: rows, as: UTF8.self))]))
        }
        try owner.execute(try sql["other-items"].bind())
    }

    func nights() throws -> [Night] {
        try Self.rows("\(folder)/nights.csv").map { row in
            Night(
                date: row["date"] ?? "", files: (row["files"] ?? "").split(separator: " ").map(String.init),
                changes: row["changes"] ?? "")
        }
    }

    /// What happens in the shop before the night; the files that arrive; the reconciliation.
    func run(_ night: Night) throws {
        if !night.changes.isEmpty {
            try owner.script(try String(contentsOfFile: "\(folder)/changes/\(night.changes)", encoding: .utf8))
        }
        for file in night.files {
            let statement = String(file.prefix { $0 != "/" })
            try program("import", "\(folder)/statements/\(file)", "--as", statement)
        }
        try program("reconcile", "--from", night.date, "--to", night.date)
    }

    /// What differs from the paper after a night. The last night has its pages in `expected/` itself, all three; an
    /// earlier one, if the month says what it comes to, those in `expected/DATE/`.
    func differences(after night: Night, isLast: Bool) throws -> [String] {
        try MonthPage.allCases.flatMap { page -> [String] in
            let file = isLast ? "expected/\(page).csv" : "expected/\(night.date)/\(page).csv"
            guard isLast || exists(file) else { return [] }
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            let paper = text.split(separator: "\n").dropFirst().map(String.init)
            return page.differences(paper: paper, found: try found(page, after: night))
                .map { "\(name), night of \(night.date), \(file): \($0)" }
        }
    }

    /// Folders and files below `expected/` that no night would be compared with.
    func pagesOfNoNight(_ nights: [Night]) throws -> [String] {
        let pages = MonthPage.allCases.map { "\($0).csv" }
        let earlier = nights.dropLast().map(\.date)
        return try FileManager.default.contentsOfDirectory(atPath: "\(folder)/expected").sorted().flatMap { name in
            guard earlier.contains(name) else { return pages.contains(name) ? [] : ["expected/\(name)"] }
            return try FileManager.default.contentsOfDirectory(atPath: "\(folder)/expected/\(name)")
                .filter { !pages.contains($0) }.map { "expected/\(name)/\($0)" }
        }
    }

    private func found(_ page: MonthPage, after night: Night) throws -> [String] {
        if page == .bridge { return try bridge(to: night.date) }
        return try owner.query(try sql[page.rawValue].bind()).map { try $0.text("row") }
    }

    /// The bridge of the window that ends with the night: of a channel the steps that are not 0.00, and the residual; of
    /// orders every step.
    private func bridge(to date: String) throws -> [String] {
        guard let window = try Self.rows("\(folder)/window.csv").first(where: { $0["to"] == date }) else {
            throw Problem(description: "\(name): no window ends with the night of \(date)")
        }
        let text = try program(
            "report", "run", "bridge", "--from", window["from"] ?? "", "--to", date, "--date", date, "--profile",
            "machine")
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("bridge-\(UUID().uuidString).csv")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try Self.rows(file.path).compactMap { row in
            let (channel, step, amount) = (row["channel"] ?? "", row["step_no"] ?? "", row["amount"] ?? "")
            guard amount != "0.00" || step == "26" || channel == "orders" else { return nil }
            return [channel, row["currency"] ?? "", step, amount].joined(separator: ",")
        }
    }

    private func exists(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(file)") }

    @discardableResult private func program(_ arguments: String...) throws -> String {
        let ending = try Program.run(
            arguments + ["--home", Repository.root, "--database", database], in: folder)
        guard ending.code == 0 else {
            throw Problem(description: "\(name): mainspring \(arguments.joined(separator: " ")): \(ending.error)")
        }
        return ending.output
    }

    /// The rows of a CSV file, by the names in its header.
    private static func rows(_ path: String) throws -> [[String: String]] {
        let reader = try CSVReader(path: path)
        var header: [String] = []
        var rows: [[String: String]] = []
        while let record = try reader.next() {
            let fields = (0..<record.count).map { index in record[index].map { String(decoding: $0, as: UTF8.self) } }
            if header.isEmpty {
                header = fields.map { $0 ?? "" }
            } else {
                var row: [String: String] = [:]
                for (name, field) in zip(header, fields) where field?.isEmpty == false { row[name] = field }
                rows.append(row)
            }
        }
        return rows
    }
}
