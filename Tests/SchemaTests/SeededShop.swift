import Foundation
import Postgres
import TestSupport
import Testing

/// The repository's files that tests of the schema read.
enum SchemaFiles {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static func read(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    static func fixture(_ name: String) throws -> String { try read("Tests/Fixtures/schema/\(name)") }
}

/// A migrated database with at least one row in every table of the shop (Tests/Fixtures/schema/seed.sql).
func withSeededShop<T>(_ body: (Connection) throws -> T) throws -> T {
    try TestDatabase.withShop { connection, _ in
        try connection.script(try SchemaFiles.fixture("seed.sql"))
        return try body(connection)
    }
}

/// What the server said against a statement, of which nothing is kept; nil when it said nothing.
func refusal(of sql: String, on connection: Connection, as role: String? = nil) throws -> PostgresError? {
    struct Undo: Error {}
    do {
        try connection.transaction {
            if let role { try connection.execute(Statement("SET LOCAL ROLE \(role)")) }
            try connection.script(sql)
            throw Undo()
        }
    } catch let error as PostgresError {
        return error
    } catch is Undo {
        return nil
    }
    return nil
}

/// The first column of the first row, as text.
func value(_ sql: String, on connection: Connection) throws -> String? {
    try connection.query(Statement(sql)).first?.optionalText(at: 0)
}

/// The first column of every row.
func values(_ sql: String, on connection: Connection) throws -> [String] {
    try connection.query(Statement(sql)).map { $0.optionalText(at: 0) ?? "" }
}
