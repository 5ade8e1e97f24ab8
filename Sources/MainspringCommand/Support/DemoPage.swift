import Demo
import Jobs
import Money

/// What `mainspring demo` made, and what to do next.
struct DemoPage: Encodable {
    struct Table: Encodable {
        var table: String
        var rows: Int
    }

    struct Planted: Encodable {
        var code: String
        var role: String
        var count: Int
        var effect: String
    }

    struct File: Encodable {
        var path: String
        var rows: Int
        var bytes: Int
        var sha256: String
    }

    var orders: Int
    var seed: Int
    var businessDate: String
    var inbox: String
    var tables: [Table]
    var planted: [Planted]
    var statements: [File]
    var truth: File

    init(_ summary: DemoSummary, inbox: String) {
        orders = summary.orders
        seed = summary.seed
        businessDate = summary.anchor.description
        self.inbox = inbox
        tables = summary.tables.map { Table(table: $0.name, rows: $0.rows) }
        planted = summary.planted.map { Planted(code: $0.code, role: $0.role, count: $0.count, effect: $0.effect) }
        statements = summary.statements.map(Self.file)
        truth = Self.file(summary.truth)
    }

    static func file(_ file: DemoSummary.File) -> File {
        File(path: file.path, rows: file.rows, bytes: file.bytes, sha256: file.sha256)
    }

    func text(_ style: TextStyle) -> String {
        let rows = tables.reduce(0) { $0 + $1.rows }
        let lines = statements.reduce(0) { $0 + $1.rows }
        let breaks = planted.reduce(0) { $0 + $1.count }
        return """
            \(style.strong("A marketplace of \(Figures.grouped(Int64(orders))) orders")) up to \(businessDate): \
            \(Figures.grouped(Int64(rows))) rows in \(tables.count) tables (seed \(seed)).
            \(Figures.grouped(Int64(statements.count))) statement files with \(Figures.grouped(Int64(lines))) lines lie in \
            \(inbox), and \(Figures.grouped(Int64(breaks))) planted breaks in truth.csv beside them.

            Next: \(style.strong("mainspring run nightly --date \(businessDate)"))
            """
    }
}
