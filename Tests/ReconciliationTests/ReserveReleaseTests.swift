import Reconciliation
import Schema
import Testing

/// One word for reserve that is held and reserve that is let go: the sign tells them apart.
@Suite("Reserve that is let go")
struct ReserveReleaseTests {
    private static func lines(_ extra: [String] = []) throws -> [String] {
        try [
            Bench.stripe("txn_h", "risk_reserved_funds", gross: "-300.00", fee: "0.00", net: "-300.00"),
            Bench.stripe("txn_l", "risk_reserved_funds", gross: "300.00", fee: "0.00", net: "300.00"),
        ] + extra
    }

    private static func check(_ bench: Bench) throws {
        // A line that was sent again has events too, and they count nowhere.
        #expect(
            try bench.text(
                """
                SELECT string_agg(concat_ws(' ', e.kind, e.amount), ', ' ORDER BY e.amount)
                FROM mainspring.money_events AS e
                JOIN mainspring.lines AS l ON l.line_id = e.line_id AND l.standing = 'live'
                WHERE e.kind LIKE 'reserve%'
                """) == "reserve_hold -300.00, reserve_release 300.00")
        #expect(
            try bench.text(
                """
                SELECT string_agg(line_type, ', ' ORDER BY line_id) FROM mainspring.lines
                WHERE standing = 'live' AND gateway_line_id <> 'txn_1'
                """) == "reserve_hold, reserve_release")
    }

    @Test("a hold above zero of before is renamed; sent again it is no changed line, and the night is complete")
    func renamed() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe(try Self.lines())
            #expect(try bench.reconcile().isComplete)
            try Self.check(bench)
            try bench.run(
                """
                UPDATE mainspring.lines SET line_type = 'reserve_hold' WHERE line_type = 'reserve_release';
                UPDATE mainspring.money_events SET kind = 'reserve_hold' WHERE kind = 'reserve_release';
                """)
            let migration = try #require(Migration.all.first { $0.name == "reserve_release" })
            try bench.run(migration.text)
            try bench.importStripe(try Self.lines([Bench.stripe("txn_1", charge: "ch_1")]))
            #expect(try bench.reconcile(try Bench.night("2026-07-01", run: 2)).isComplete)
            try Self.check(bench)
            #expect(
                try bench.text("SELECT string_agg(standing, ', ') FROM mainspring.lines WHERE standing <> 'live'")
                    == "resent, resent")
            #expect(try bench.openBreaks() == [])
        }
    }
}
