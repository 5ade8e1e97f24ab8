import Foundation
import Testing

/// The portability rules: SQL that a distributed PostgreSQL runs too (docs/architecture.md, “SQL that ports”).
@Suite("The SQL keeps the house's rules")
struct SQLTidyTests {
    /// A statement with its comments and literals taken out, in upper case.
    private static func bare(_ text: String) -> String {
        text.replacing(/\/\*[\s\S]*?\*\//, with: " ").replacing(/--[^\n]*/, with: " ").replacing(/'[^']*'/, with: "''")
            .uppercased()
    }

    private static func pipelineFiles() throws -> [Repository.File] {
        try ["jobs", "reports", "Sources/Reconciliation", "Sources/Jobs", "Sources/Marketplace"]
            .flatMap { try Repository.files($0, ".sql") }
    }

    @Test("no grouping sets, no recursion: a distributed planner refuses them")
    func grouping() throws {
        for file in try Self.pipelineFiles() {
            let sql = Self.bare(file.text)
            for word in ["ROLLUP", "CUBE", "GROUPING SETS", "WITH RECURSIVE"] {
                #expect(!sql.contains(word), "\(file.path) uses \(word)")
            }
        }
    }

    @Test("an UPDATE or INSERT takes moments and random values as parameters, never from a volatile function")
    func volatile() throws {
        for file in try Self.pipelineFiles() {
            let sql = Self.bare(file.text)
            for word in ["CLOCK_TIMESTAMP(", "RANDOM(", "GEN_RANDOM_UUID(", "NOW(", "CURRENT_TIMESTAMP"] {
                #expect(!sql.contains(word), "\(file.path) calls \(word)")
            }
        }
    }

    @Test("COPY and INSERT name their columns, and no query is SELECT *")
    func columns() throws {
        for file in try Self.pipelineFiles() {
            let sql = Self.bare(file.text)
            #expect(sql.firstMatch(of: /INSERT INTO [A-Z_.]+\s+(SELECT|VALUES)/) == nil, "\(file.path)")
            #expect(
                sql.firstMatch(of: /SELECT\s+\*\s+FROM\s+(ORDERS|PAYMENTS|REVIEWS|STORES|PRODUCTS|USERS)\b/) == nil,
                "\(file.path)")
        }
    }

    @Test("every report orders its rows by a full key")
    func ordered() throws {
        let reports = try Repository.files("reports", ".sql")
        #expect(!reports.isEmpty)
        for file in reports {
            #expect(Self.bare(file.text).contains("ORDER BY"), "\(file.path)")
        }
    }
}
