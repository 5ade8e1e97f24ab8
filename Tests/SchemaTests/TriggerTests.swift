import Postgres
import Schema
import Testing

/// updated_at follows every UPDATE of any client.
@Suite("updated_at is kept by the database")
struct TriggerTests {
    /// Every table with the column, and a change of one of its rows.
    static let changes: [(table: String, change: String)] = [
        ("users", "first_name = 'Anum'"), ("addresses", "city = 'Karachi'"), ("stores", "store_bio = 'New'"),
        ("products", "pieces = 7"), ("orders", "admin_notes = 'seen'"), ("payments", "amount = 1"),
        ("reviews", "title = 'Fine'"), ("chat_conversations", "status = 'CLOSED'"),
    ]

    @Test("every table that has updated_at moves it, even against the client's word")
    func moves() throws {
        try withSeededShop { connection in
            let tables = try values(
                """
                SELECT table_name FROM information_schema.columns
                WHERE table_schema = 'public' AND column_name = 'updated_at' ORDER BY table_name
                """, on: connection)
            #expect(tables == Self.changes.map(\.table).sorted())
            for (table, change) in Self.changes {
                try connection.script("ALTER TABLE \(table) DISABLE TRIGGER USER")
                try connection.script("UPDATE \(table) SET updated_at = '2020-01-01'")
                try connection.script("ALTER TABLE \(table) ENABLE TRIGGER USER")
                let isNow = try value(
                    """
                    UPDATE \(table) SET \(change), updated_at = '2019-01-01'
                    WHERE ctid = (SELECT min(ctid) FROM \(table))
                    RETURNING updated_at = (now() AT TIME ZONE 'UTC')
                    """, on: connection)
                #expect(isNow == "t", "\(table)")
                let untouched = try value(
                    "SELECT count(*) FROM \(table) WHERE updated_at = '2020-01-01'", on: connection)
                let rows = try value("SELECT count(*) FROM \(table)", on: connection)
                #expect(Int(untouched ?? "") == (Int(rows ?? "") ?? 0) - 1, "\(table)")
            }
        }
    }

    @Test("it is UTC in any session, for timestamp and for timestamptz columns")
    func utc() throws {
        try withSeededShop { connection in
            try connection.script("SET TimeZone = 'Asia/Karachi'")
            let plain = try value(
                "UPDATE stores SET store_bio = 'x' WHERE store_id = 1 RETURNING updated_at = (now() AT TIME ZONE 'UTC')",
                on: connection)
            #expect(plain == "t")
            try connection.script(
                "ALTER TABLE users ALTER updated_at TYPE timestamptz USING updated_at AT TIME ZONE 'UTC'")
            let zoned = try value(
                "UPDATE users SET first_name = 'x' WHERE user_id = 1 RETURNING updated_at = now()", on: connection)
            #expect(zoned == "t")
        }
    }
}
