import Diagnostics
import Reconciliation
import Testing

/// docs/finance.md, “Why is this a break?”: an explanation is the reconciliation's own work, told.
@Suite("Explaining a payment, an order, a line, a payout, a break")
struct ExplainTests {
    private func explain(_ bench: Bench, _ words: String...) throws -> Explanation {
        try Explainer(reconciler: Reconciler(catalogue: bench.catalogue)).explain(
            Subject(words), run: Bench.night("2026-06-30"), on: bench.job)
    }

    /// A payment whose line is 40.00 short, one that agrees, and a line that is nobody's.
    private func shop(_ bench: Bench) throws {
        try bench.card(1)
        try bench.card(2)
        try bench.importStripe([
            Bench.stripe("txn_1", gross: "960.00", charge: "ch_1"), Bench.stripe("txn_2", charge: "ch_2"),
            Bench.stripe("txn_3", gross: "500.00", fee: "10.00", charge: "ch_nobody", order: "ORD-77"),
        ])
        try bench.reconcile()
    }

    @Test("a payment: its sources, every rule with what it compared, its parts, its break with what to do")
    func payment() throws {
        try Bench.with { bench in
            try shop(bench)
            let told = try explain(bench, "payment:1")
            #expect(told.entity == "payment:1")
            #expect(told.sources.map(\.side) == ["shop", "shop", "gateway", "statement", "payout"])
            #expect(told.sources[3].says.hasPrefix("charge 960.00 PKR"))
            #expect(told.matching.first?.result == "payment:1")
            let rules = Dictionary(uniqueKeysWithValues: told.rules.map { ($0.code, $0) })
            #expect(rules["settlement.amount"]?.result == "the cause")
            #expect(rules["settlement.amount"]?.expected == "1000.00")
            #expect(rules["settlement.amount"]?.actual == "960.00")
            #expect(rules["settlement.amount"]?.difference == "-40.00")
            #expect(rules["status.mismatch"]?.result == "in order")
            #expect(rules.count > 12)
            #expect(told.money.map { "\($0.kind) \($0.amount) \($0.bucket)" }.contains("capture 1000.00 break"))
            #expect(told.breaks.map(\.code) == ["settlement.amount"])
            #expect(told.breaks.first?.moneyEffect == "-40.00")
            #expect(told.breaks.first?.nextAction?.isEmpty == false)
            #expect(!told.rules.contains { $0.entity != "payment:1" })
        }
    }

    @Test("a payment that agrees has no break, and every rule is in order")
    func agreed() throws {
        try Bench.with { bench in
            try shop(bench)
            let told = try explain(bench, "payment", "2")
            #expect(told.breaks.isEmpty)
            #expect(Set(told.rules.map(\.result)) == ["in order"])
        }
    }

    @Test("an order by its number or id, a break by its id: the same order's story")
    func orderAndBreak() throws {
        try Bench.with { bench in
            try shop(bench)
            let byNumber = try explain(bench, "order", "ORD-1")
            #expect(byNumber.entity == "order:1")
            #expect(try explain(bench, "order:1") == byNumber)
            let id = try #require(
                try bench.text("SELECT break_id FROM mainspring.breaks WHERE code = 'settlement.amount'"))
            #expect(try explain(bench, id).breaks.map(\.breakID) == [id])
        }
    }

    @Test("a line that is nobody's: each way that was tried, and why it found nothing")
    func line() throws {
        try Bench.with { bench in
            try shop(bench)
            let told = try explain(bench, "line:stripe.csv:4")
            #expect(told.matching.map(\.way) == ["transaction id", "order number or payment id", "consignment"])
            #expect(
                told.matching.map(\.result) == [
                    "nothing of ours bears it", "nothing of ours bears it", "the line has none",
                ])
            #expect(told.breaks.map(\.code) == ["settlement.orphan"])
        }
    }

    @Test("what is mended is told before the next night resolves it, and nothing is written")
    func mended() throws {
        try Bench.with { bench in
            try shop(bench)
            try bench.run(
                """
                UPDATE payments SET amount = 960.00, gateway_response = jsonb_set(jsonb_set(gateway_response, '{amount}',
                    '96000'), '{amount_captured}', '96000') WHERE payment_id = 1
                """)
            let before = try bench.fingerprint()
            let told = try explain(bench, "payment:1")
            #expect(
                told.breaks.first { $0.code == "settlement.amount" }?.status == "mended: the next night resolves it")
            #expect(try bench.fingerprint() == before)
        }
    }

    @Test("what isn't there, and what can't be read, is refused with the forms that there are")
    func unknown() throws {
        try Bench.with { bench in
            for words in [
                ["payment:99"], ["order", "ORD-99"], ["line:none.csv:1"], ["payout:po_9"], ["0123456789abcdef"],
            ] {
                #expect(throws: Failure.self) {
                    try Explainer(reconciler: Reconciler(catalogue: bench.catalogue)).explain(
                        Subject(words), run: Bench.night("2026-06-30"), on: bench.job)
                }
            }
            for words in [["invoice:1"], ["payment"], ["payment:x"], ["line:a.csv"], [""]] {
                let failure = #expect(throws: Failure.self) { try Subject(words) }
                #expect(failure?.code == .parameterInvalid)
            }
        }
    }
}
