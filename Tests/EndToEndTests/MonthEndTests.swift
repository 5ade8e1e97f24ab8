import Foundation
import Postgres
import Tabular
import TestSupport
import Testing

/// docs/month-end.md: small months worked out on paper, which the program must reproduce to the paisa.
@Suite("Months worked out on paper")
struct MonthEndTests {
    static let folder = "\(Repository.root)/Tests/Fixtures/month-end"

    static let months: [String] =
        (try? FileManager.default.contentsOfDirectory(atPath: folder))
        .map { names in names.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/orders.csv") }.sorted() }
        ?? []

    @Test("there are months")
    func some() { #expect(!Self.months.isEmpty) }

    @Test("buckets, bridge and breaks are those on paper, to the paisa", arguments: months)
    func month(_ name: String) throws {
        try TestDatabase.withShop { owner, target in
            let month = try Month(folder: "\(Self.folder)/\(name)", owner: owner, database: target.conninfo)
            try month.load()
            for night in try month.nights() { try month.run(night) }
            #expect(month.difference(from: "breaks", found: try month.found("breaks")) == [])
            #expect(month.difference(from: "buckets", found: try month.found("buckets")) == [])
            #expect(month.difference(from: "bridge", found: try month.bridge()) == [])
        }
    }
}

/// One month: its shop, its nights, and what it must come to.
private struct Month {
    struct Night {
        var date: String
        var files: [String]
        var changes: String
    }

    let folder: String
    let owner: Connection
    let database: String
    private let sql: SQLLibrary

    init(folder: String, owner: Connection, database: String) throws {
        self.folder = folder
        self.owner = owner
        self.database = database
        sql = try SQLLibrary(
            String(contentsOfFile: "\(MonthEndTests.folder)/load.sql", encoding: .utf8), source: "load.sql")
    }

    func load() throws {
        try owner.script(try sql["people"].literal())
        for table in ["orders", "items", "payments"] {
            if FileManager.default.fileExists(atPath: "\(folder)/\(table).csv") {
                let rows = try JSONEncoder().encode(try Self.rows("\(folder)/\(table).csv"))
                try owner.execute(try sql[table].bind(["rows": .json(String(decoding: rows, as: UTF8.self))]))
            }
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

    func found(_ what: String) throws -> [String] {
        try owner.query(try sql[what].bind()).map { try $0.text("row") }
    }

    /// The steps of the bridge that are not 0.00, with the residual of each channel and currency.
    func bridge() throws -> [String] {
        let window = try Self.rows("\(folder)/window.csv")[0]
        let text = try program(
            "report", "run", "bridge", "--from", window["from"] ?? "", "--to", window["to"] ?? "", "--date",
            window["to"] ?? "", "--profile", "machine")
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("bridge-\(UUID().uuidString).csv")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try Self.rows(file.path).compactMap { row in
            guard let amount = row["amount"], amount != "0.00" || row["step_no"] == "26" else { return nil }
            return [row["channel"] ?? "", row["currency"] ?? "", row["step_no"] ?? "", amount].joined(separator: ",")
        }.sorted()
    }

    /// The rows that are on paper and weren't found, and those that were found and aren't on paper.
    func difference(from what: String, found: [String]) -> [String] {
        guard let text = try? String(contentsOfFile: "\(folder)/expected/\(what).csv", encoding: .utf8) else {
            return ["expected/\(what).csv can't be read"]
        }
        let paper = text.split(separator: "\n").dropFirst().map(String.init)
        return paper.filter { !found.contains($0) }.map { "on paper: \($0)" }
            + found.filter { !paper.contains($0) }.map { "found:    \($0)" }
    }

    @discardableResult private func program(_ arguments: String...) throws -> String {
        let ending = try Program.run(
            arguments + ["--home", Repository.root, "--database", database], in: folder)
        guard ending.code == 0 else {
            throw MonthFailure(description: "mainspring \(arguments.joined(separator: " ")): \(ending.error)")
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

private struct MonthFailure: Error, CustomStringConvertible { var description: String }
