import Foundation
import Postgres

/// What a night leaves: a digest of each table's rows, sorted, and every file of the output folder and the inbox.
///
/// Left out are the journal's moments, owners and numbers of attempts, and when the shop's rows were touched. Numbers that
/// a sequence gave (a step that was rolled back has used some up) stand as what they stand for: a line by its file and
/// number, an event by its payment or line.
struct NightTraces: Sendable {
    let tables: [String: String]
    let files: [String: Data]

    init(home: TestHome, target: ConnectionTarget) throws {
        let connection = try Connection(target)
        defer { connection.close() }
        var tables: [String: String] = [:]
        for (name, columns) in try Self.columns(connection) {
            let row = Self.row(name, columns)
            let sql = """
                SELECT count(*) || ' ' || coalesce(md5(string_agg(r.line, E'\\n' ORDER BY r.line)), '') AS digest
                FROM (SELECT (\(row))::text AS line FROM \(name) AS t) AS r
                """
            tables[name] = try connection.query(Statement(sql))[0].text("digest")
        }
        self.tables = tables
        var files: [String: Data] = [:]
        for folder in ["out", ".mainspring/inbox"] {
            for (name, bytes) in try home.files(folder) { files["\(folder)/\(name)"] = bytes }
        }
        self.files = files
    }

    /// The names of the tables and files that are not as another night left them.
    func differing(from other: NightTraces) -> [String] {
        let tables = Set(tables.keys).union(other.tables.keys).filter { self.tables[$0] != other.tables[$0] }
        let files = Set(files.keys).union(other.files.keys).filter { self.files[$0] != other.files[$0] }
        return tables.sorted().map { "\($0): \(self.tables[$0] ?? "") / \(other.tables[$0] ?? "")" } + files.sorted()
    }

    private static func columns(_ connection: Connection) throws -> [String: [String]] {
        let rows = try connection.query(
            """
            SELECT c.table_schema || '.' || c.table_name AS name, c.column_name
            FROM information_schema.columns AS c
            JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
            WHERE c.table_schema IN ('public', 'mainspring') AND t.table_type = 'BASE TABLE'
                AND c.table_name <> 'schema_migrations'
            """)
        var columns: [String: [String]] = [:]
        for row in rows { columns[try row.text("name"), default: []].append(try row.text("column_name")) }
        return columns
    }

    private static let left: [String: [String]] = [
        "mainspring.runs": [
            "owner_token", "process_id", "started_at", "heartbeat_at", "finished_at", "attempt", "summary",
        ],
        "mainspring.run_steps": ["started_at", "finished_at"],
        "mainspring.files": ["file_id", "imported_at"],
        "mainspring.lines": ["line_id", "file_id"],
        "mainspring.money_events": ["event_id"],
        "mainspring.allocations": ["allocation_id"],
        "mainspring.break_events": ["break_event_id", "happened_at"],
        "public.stores": ["updated_at"],
        "public.products": ["updated_at"],
    ]

    /// A row as JSON, as the type's comment says.
    private static func row(_ table: String, _ columns: [String]) -> String {
        var dropped = left[table] ?? []
        var parts: [String] = []
        for column in columns where !dropped.contains(column) {
            switch column {
            case "line_id", "payout_line", "bank_line": parts.append("'\(column)', \(line("t.\(column)"))")
            case "event_id", "counter_event": parts.append("'\(column)', \(event("t.\(column)"))")
            default: continue
            }
            dropped.append(column)
        }
        if table == "mainspring.runs" {
            parts.append("'summary', regexp_replace(t.summary::text, '\"seconds\": [0-9.e-]+', '', 'g')")
        }
        let list = dropped.map { "'\($0)'" }.joined(separator: ", ")
        return "to_jsonb(t) - ARRAY[\(list)]::text[] || jsonb_build_object(\(parts.joined(separator: ", ")))"
    }

    private static func line(_ id: String) -> String {
        "(SELECT l.entity FROM mainspring.lines AS l WHERE l.line_id = \(id))"
    }

    private static func event(_ id: String) -> String {
        """
        (
            SELECT concat_ws('/', e.side, e.kind, e.payment_id, e.revision, l.entity)
            FROM mainspring.money_events AS e LEFT JOIN mainspring.lines AS l ON l.line_id = e.line_id
            WHERE e.event_id = \(id)
        )
        """
    }
}
