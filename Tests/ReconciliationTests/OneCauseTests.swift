import Postgres
import Reconciliation
import Testing

/// docs/reconciliation.md, “What follows from what”: what one fact raises in several places has one root.
@Suite("One cause, one root")
struct OneCauseTests {
    static let facts = aboutPayments + aboutStatuses + aboutOrders + aboutLines + aboutPayouts

    /// What no fact raises beside another code, or only as the root of it.
    static let neverFollow: Set = [
        "gateway.unknown", "transaction.mismatch", "payment.stuck", "cod.remittance_missing", "settlement.chargeback",
        "settlement.duplicate", "settlement.line_changed", "bank.payout_missing", "bank.unidentified",
        "bank.balance_gap",
    ]

    @Test("each fact has one root, and all else that it raises follows from that")
    func roots() throws {
        let found = try Self.night(Self.facts)
        for (fact, breaks) in zip(Self.facts, found) {
            let expected =
                ["root \(fact.root)"] + fact.then.sorted().map { "consequence \($0)" }
                + fact.controls.map { "control \($0)" }
            #expect(breaks == expected.sorted(), "\(fact.name)")
        }
    }

    @Test("what only an amount connects is left apart: the roots tell of both ends, and their money meets")
    func apart() throws {
        let found = try Self.night(Self.unconnected.map(\.fact))
        for ((fact, second), breaks) in zip(Self.unconnected, found) {
            #expect(breaks == ["root \(fact.root)", "root \(second)"].sorted(), "\(fact.name)")
        }
    }

    @Test("every code that can follow from another has a fact in which it does; a new code needs one, or a reason")
    func complete() throws {
        let codes = try Bench.with { bench in
            Set(try bench.owner.query("SELECT code FROM mainspring.break_codes").map { try $0.text("code") })
        }
        let following = Set(Self.facts.flatMap(\.then))
        #expect(codes.subtracting(following) == Self.neverFollow)
        #expect(following.isSubset(of: codes))
        let roots = Set((Self.facts + Self.unconnected.map(\.fact)).map { String($0.root.prefix { $0 != " " }) })
        #expect(roots.isSubset(of: codes))
    }

    /// The breaks of each fact, `root CODE MONEY` or `role CODE`, after one night that saw them all.
    private static func night(_ facts: [Fact]) throws -> [[String]] {
        try Bench.with(terms: true) { bench in
            var credits: [(String, String, String)] = []
            for (index, fact) in facts.enumerated() {
                var scene = Scene(bench: bench, number: index + 100)
                try fact.make(&scene)
                credits += scene.credits.filter { !$0.value.isEmpty }.map { ("2026-06-16", $0.key, $0.value) }
            }
            for currency in ["PKR", "USD"] {
                let rows = credits.filter { $0.1.hasSuffix(" \(currency.lowercased())") }
                guard !rows.isEmpty else { continue }
                try bench.importBank(rows.sorted { $0.1 < $1.1 }, name: "bank-\(currency).csv", currency: currency)
            }
            #expect(try bench.reconcile().isComplete)
            #expect(try bench.openBridges() == [])
            #expect(try bench.leftovers() == [])
            #expect(try bench.reconcile().rowsChanged == 0, "the night after finds the same")
            #expect(try bench.text(strays) == nil, "a consequence names a root that is open, of the same fact")
            var found: [Int: [String]] = [:]
            for row in try bench.owner.query(Statement(breaks)) {
                found[try row.int("number"), default: []].append(try row.text("line"))
            }
            #expect(Set(found.keys).isSubset(of: Set(100..<100 + facts.count)))
            return facts.indices.map { found[$0 + 100]?.sorted() ?? [] }
        }
    }

    /// Every name that a fact uses holds its number.
    private static let breaks = """
        SELECT (coalesce(b.order_id, b.payment_id,
                substring(coalesce(b.payout_id, l.payout_id) FROM '[0-9]+')::integer) / 10) AS number,
            concat_ws(' ', b.role, b.code, CASE WHEN b.role = 'root' THEN b.money_effect END) AS line
        FROM mainspring.breaks AS b
        LEFT JOIN mainspring.lines AS l ON l.line_id = b.line_id
        WHERE b.status <> 'RESOLVED'
        """

    private static let strays = """
        SELECT string_agg(b.code || ' ' || b.entity, ', ') FROM mainspring.breaks AS b
        LEFT JOIN mainspring.breaks AS r ON r.break_id = b.root_break_id AND r.role = 'root' AND r.status <> 'RESOLVED'
        WHERE b.role = 'consequence' AND r.break_id IS NULL
        """
}
