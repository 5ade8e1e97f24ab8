import Demo
import Foundation
import Postgres
import TestSupport

/// A generated marketplace in a database and an inbox of its own.
struct Marketplace {
    let connection: Connection
    let target: ConnectionTarget
    let inbox: String
    let summary: DemoSummary

    static func with<T>(orders: Int = 600, seed: Int = 7, _ body: (Marketplace) throws -> T) throws -> T {
        try TestDatabase.withShop { connection, target in
            try withFolder { folder in
                let inbox = "\(folder)/inbox"
                let summary = try DemoMarket.generate(orders: orders, seed: seed, on: connection, inbox: inbox)
                return try body(
                    Marketplace(connection: connection, target: target, inbox: inbox, summary: summary))
            }
        }
    }

    static func withFolder<T>(_ body: (String) throws -> T) throws -> T {
        let folder = "/tmp/mainspring-demo-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    /// The first column of the first row.
    func value(_ sql: String) throws -> String? {
        try connection.query(Statement(sql, name: "test")).first.flatMap { $0.optionalText(at: 0) }
    }

    func count(_ sql: String) throws -> Int { Int(try value(sql) ?? "") ?? -1 }

    /// The rows of the truth, header apart: code, entity, role, money effect.
    func truth() throws -> [[String]] {
        try lines("truth.csv").dropFirst().map { $0.components(separatedBy: ",") }
    }

    func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: "\(inbox)/\(path)", encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// One number for the content of all tables, whatever the order of their rows.
    func fingerprint() throws -> [String] {
        try summary.tables.map { table in
            let sum = try value("SELECT sum(hashtextextended(t::text, 0)::numeric) FROM public.\(table.name) AS t")
            return "\(table.name) \(sum ?? "empty")"
        }
    }
}
