import Postgres
import Reconciliation
import Schema
import Testing

/// docs/reconciliation.md, “The unit: a money event”: a fee that is given back is no lesser fee.
@Suite("Fees that are given back")
struct FeeRefundTests {
    /// Fees that are taken: 29.00 of the charge, 20.00 by a line of its own. Given back: 5.00 by a line of fees that
    /// pays, 3.00 and 2.00 in the column of fees. A dispute of 15.00, whose fee comes back when it is won.
    private static func lines() throws -> [String] {
        try [
            Bench.stripe("txn_1", charge: "ch_1"),
            Bench.stripe("txn_2", "fee", gross: "-20.00", fee: "0.00"),
            Bench.stripe("txn_3", "fee", gross: "5.00", fee: "0.00"),
            Bench.stripe("txn_4", "fee", gross: "0.00", fee: "-3.00"),
            Bench.stripe("txn_5", "refund", gross: "-100.00", fee: "-2.00", charge: "ch_1"),
            Bench.stripe("txn_6", "dispute", gross: "-1000.00", fee: "15.00", charge: "ch_1"),
            Bench.stripe("txn_7", "dispute_reversal", gross: "1000.00", fee: "-15.00", charge: "ch_1"),
        ]
    }

    private static let fees = [
        "statement dispute_fee PKR excluded deduction 2 0.00", "statement fee PKR excluded deduction 2 -49.00",
        "statement fee_refund PKR excluded deduction 3 10.00",
    ]

    private static func check(_ bench: Bench, _ outcome: ReconciliationOutcome) throws {
        #expect(outcome.isComplete)
        #expect(try bench.buckets().filter { $0.contains("fee") } == fees)
        #expect(try bench.openBridges() == [])
    }

    @Test("a fee below zero, in the column or as a line, is a fee refund; a dispute's fee stays one")
    func kinds() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe(try Self.lines())
            try Self.check(bench, try bench.reconcile())
        }
    }

    @Test("what was booked as a fee above zero before there was the kind is renamed, and the next night is complete")
    func renamed() throws {
        try Bench.with { bench in
            try bench.card(1)
            try bench.importStripe(try Self.lines())
            try bench.reconcile()
            try bench.owner.script(
                """
                ALTER TABLE mainspring.money_events DROP CONSTRAINT money_events_fee_check;
                UPDATE mainspring.money_events SET kind = 'fee' WHERE kind = 'fee_refund';
                """)
            let migration = try #require(Migration.all.first { $0.name == "fee_refund" })
            try bench.owner.script(migration.text)
            try Self.check(bench, try bench.reconcile(try Bench.night("2026-07-01", run: 2)))
        }
    }
}
