import Diagnostics
import Postgres
import Reconciliation
import Testing

/// docs/reconciliation.md, “Of a payout and of the bank”: each rule alone, with what two rules could both say, and files
/// that come late, in either order.
@Suite("Payouts, and what the bank has of them")
struct PayoutAndBankTests {
    /// The right line of payment 1: 936.00, settled on 2026-06-03, a Wednesday. Three business days later is Monday the
    /// 8th.
    private func charge(payout: String = "po_1") throws -> String {
        try Bench.stripe("txn_1", fee: "64.00", charge: "ch_1", payout: payout)
    }

    /// Every check that holds whatever was found.
    private func check(_ bench: Bench, _ breaks: [String], _ positions: [String], night: String, run: Int64 = 1) throws
    {
        #expect(try bench.reconcile(try Bench.night(night, run: run)).isComplete)
        #expect(try bench.found() == breaks)
        #expect(try bench.positions() == positions)
        #expect(try bench.openBridges() == [])
        #expect(try bench.leftovers() == [])
        #expect(try bench.reconcile(try Bench.night(night, run: run)).rowsChanged == 0)
    }

    // MARK: Payouts

    @Test("payout.missing: lines were settled, and no payout row came in time; it comes late, and all is well")
    func missing() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importStripe([charge()])
            try check(bench, [], ["stripe PKR settled 936.00"], night: "2026-06-08")
            try check(
                bench, ["payout.missing payout:po_1 root -936.00"], ["stripe PKR settled 936.00"], night: "2026-06-09",
                run: 2)
            #expect(
                try bench.text("SELECT concat_ws(' ', due_date, event_effect) FROM mainspring.breaks")
                    == "2026-06-08 0.00")
            try bench.importStripe([Bench.payout("po_1", "936.00", at: "2026-06-09 00:00:00")], name: "late.csv")
            try check(bench, [], ["stripe PKR paid_out 936.00"], night: "2026-06-10", run: 3)
        }
    }

    @Test("payout.unitemised: a payout without lines; they come late, and explain all of it or a part")
    func unitemised() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importStripe([Bench.payout("po_1", "936.00")])
            try bench.importBank([("2026-06-04", "STRIPE po_1", "936.00")])
            // The bank has it: whose it is, is another matter, and no second break.
            try check(
                bench,
                ["payout.unitemised payout:po_1 root 936.00"],
                ["stripe PKR at_gateway 1000.00", "stripe PKR open_breaks 936.00"], night: "2026-06-05")
            try bench.importStripe([charge()], name: "late.csv")
            try check(bench, [], [], night: "2026-06-06", run: 2)
        }
    }

    @Test("payout.total: what its lines do not explain; the bank is compared with the payout, not with the lines")
    func total() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importStripe([charge(), Bench.payout("po_1", "900.00")])
            try check(
                bench, ["payout.total payout:po_1 root -36.00"],
                ["stripe PKR open_breaks -36.00", "stripe PKR paid_out 900.00"], night: "2026-06-05")
            try bench.importBank([("2026-06-04", "STRIPE po_1", "900.00")])
            try check(
                bench, ["payout.total payout:po_1 root -36.00"], ["stripe PKR open_breaks -36.00"],
                night: "2026-06-06", run: 2)
        }
    }

    @Test("a payout that is not its lines, credited with yet another amount: each difference has its own break")
    func totalAndBank() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importStripe([charge(), Bench.payout("po_1", "900.00")])
            try bench.importBank([("2026-06-04", "STRIPE po_1", "890.00")])
            try check(
                bench, ["bank.payout_amount payout:po_1 root -10.00", "payout.total payout:po_1 root -36.00"],
                ["stripe PKR open_breaks -46.00"], night: "2026-06-05")
        }
    }

    @Test("lines after the payout make its difference; a later file settles it")
    func itemisedInTwoFiles() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.card(2)
            try bench.importStripe([charge(), Bench.payout("po_1", "1872.00")])
            try check(
                bench, ["payout.total payout:po_1 root 936.00"],
                ["stripe PKR at_gateway 1000.00", "stripe PKR open_breaks 936.00", "stripe PKR paid_out 1872.00"],
                night: "2026-06-03")
            try bench.importStripe([Bench.stripe("txn_2", fee: "64.00", charge: "ch_2")], name: "b.csv")
            try check(bench, [], ["stripe PKR paid_out 1872.00"], night: "2026-06-04", run: 2)
        }
    }

    // MARK: The bank

    @Test("bank.payout_missing: only once bank statements are imported, and only when the payout is due there")
    func bankMissing() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importStripe([charge(), Bench.payout("po_1", "936.00")])
            let paidOut = ["stripe PKR paid_out 936.00"]
            try check(bench, [], paidOut, night: "2026-06-12")
            try bench.importBank([("2026-06-12", "CARD FEE", "-5.00")])
            try check(
                bench, ["bank.payout_missing payout:po_1 root -936.00"], paidOut, night: "2026-06-13", run: 2)
            #expect(
                try bench.text(
                    "SELECT concat_ws(' ', due_date, event_effect) FROM mainspring.breaks WHERE status = 'OPEN'")
                    == "2026-06-08 0.00")
            try bench.importBank([("2026-06-04", "STRIPE po_1 JUNE", "936.00")], name: "late.csv")
            try check(bench, [], [], night: "2026-06-14", run: 3)
            #expect(
                try bench.text("SELECT concat_ws(' ', bank_amount, bank_reference) FROM mainspring.payouts")
                    == "936.00 B-2026-06-04-STRIPE po_1 JUNE-PKR")
        }
    }

    @Test("before its day a payout is on its way; without a payout row the payout is missing, not the bank's credit")
    func bankDue() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.card(2)
            try bench.importStripe([
                charge(), Bench.payout("po_1", "936.00"),
                Bench.stripe("txn_2", fee: "64.00", charge: "ch_2", payout: "po_2"),
            ])
            try bench.importBank([("2026-06-03", "CARD FEE", "-5.00")])
            try check(
                bench, [], ["stripe PKR paid_out 936.00", "stripe PKR settled 936.00"], night: "2026-06-08")
            try check(
                bench, ["bank.payout_missing payout:po_1 root -936.00", "payout.missing payout:po_2 root -936.00"],
                ["stripe PKR paid_out 936.00", "stripe PKR settled 936.00"], night: "2026-06-09", run: 2)
        }
    }

    @Test("bank.unidentified until the gateway's file comes: late files, in either order, end alike")
    func eitherOrder() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importBank([("2026-06-04", "STRIPE po_1", "936.00")])
            try check(
                bench, ["bank.unidentified line:2 root 936.00"],
                ["bank PKR open_breaks 936.00", "stripe PKR at_gateway 1000.00"], night: "2026-06-04")
            try bench.importStripe([charge(), Bench.payout("po_1", "936.00")])
            try check(bench, [], [], night: "2026-06-05", run: 2)
        }
    }

    @Test("credited before the payout's own row came: neither missing at the gateway nor at the bank")
    func creditedBeforeTheRow() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importStripe([charge()])
            try bench.importBank([("2026-06-04", "STRIPE po_1", "936.00")])
            try check(
                bench, [], ["stripe PKR paid_out -936.00", "stripe PKR settled 936.00"], night: "2026-06-12")
            try bench.importStripe([Bench.payout("po_1", "936.00")], name: "late.csv")
            try check(bench, [], [], night: "2026-06-13", run: 2)
        }
    }

    @Test(
        "bank.payout_amount: the credits of a payout add up, less what the bank took back",
        arguments: [
            (["936.00"], []), (["900.00"], ["bank.payout_amount payout:po_1 root -36.00"]),
            (["950.00"], ["bank.payout_amount payout:po_1 root 14.00"]), (["500.00", "436.00"], []),
            (["936.00", "-36.00"], ["bank.payout_amount payout:po_1 root -36.00"]),
            (["936.00", "936.00"], ["bank.payout_amount payout:po_1 root 936.00"]),
        ] as [([String], [String])])
    func bankAmount(credits: [String], breaks: [String]) throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.importStripe([charge(), Bench.payout("po_1", "936.00")])
            try bench.importBank(
                credits.enumerated().map { ("2026-06-0\($0.offset + 4)", "STRIPE po_1", $0.element) })
            #expect(try bench.reconcile(try Bench.night("2026-06-12")).isComplete)
            #expect(try bench.found() == breaks)
            #expect(try bench.openBridges() == [])
            #expect(try bench.leftovers() == [])
            #expect(try !bench.positions().contains { $0.contains("paid_out") })
        }
    }

    @Test("a payout id that two channels use names neither; a debit that names no payout is the bank's own matter")
    func ambiguous() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            try bench.door(2)
            try bench.importStripe([charge(payout: "RM-1"), Bench.payout("RM-1", "936.00")])
            try bench.importBank([("2026-06-04", "RM-1", "936.00"), ("2026-06-05", "LOCKER RENT", "-50.00")])
            try check(
                bench, [], ["tcs PKR at_gateway 1000.00"], night: "2026-06-05")
            let text = try Bench.tcsFile(
                [("TN-2", "DELIVERED", ["1000.00", "258.00", "41.28", "2.50", "20.00"])], at: "04-06-2026")
            try bench.importFile(try bench.write("tcs.csv", text), as: "tcs")
            // Stripe's payout waits for the bank again, and the credit for somebody to say whose it is.
            try check(
                bench, ["bank.unidentified line:2 root 936.00"],
                ["bank PKR open_breaks 936.00", "stripe PKR paid_out 936.00", "tcs PKR paid_out 678.22"],
                night: "2026-06-06", run: 2)
        }
    }

    @Test("a courier's payout is what its lines come to, and is awaited at the bank like any other")
    func courier() throws {
        try Bench.with(terms: true) { bench in
            try bench.door(1)
            let text = try Bench.tcsFile([("TN-1", "DELIVERED", ["1000.00", "258.00", "41.28", "2.50", "20.00"])])
            try bench.importFile(try bench.write("tcs.csv", text), as: "tcs")
            try bench.importBank([("2026-06-15", "CARD FEE", "-5.00")])
            // 2026-06-15 is a Monday.
            try check(bench, [], ["tcs PKR paid_out 678.22"], night: "2026-06-18")
            try check(
                bench, ["bank.payout_missing payout:RM-1 root -678.22"], ["tcs PKR paid_out 678.22"],
                night: "2026-06-19", run: 2)
            try bench.importBank([("2026-06-19", "TCS RM-1", "678.00")], name: "b.csv")
            try check(
                bench, ["bank.payout_amount payout:RM-1 root -0.22"], ["tcs PKR open_breaks -0.22"],
                night: "2026-06-20", run: 3)
        }
    }

    @Test("bank.balance_gap: a statement is missing between two; when it comes, the gap is gone")
    func balanceGap() throws {
        func balance(_ date: String, _ type: String, _ amount: String) -> String {
            "\(date),\(type),\(type)-\(date),\(type),PKR,\(amount),\(amount)"
        }
        try Bench.with(terms: true) { bench in
            try bench.importBank(
                [("2026-06-05", "CARD FEE", "-100.00")], name: "may.csv",
                balances: [balance("2026-06-01", "OPENING", "1000.00"), balance("2026-06-10", "CLOSING", "900.00")])
            try bench.importBank(
                [("2026-06-25", "CARD FEE", "-100.00")], name: "june.csv",
                balances: [balance("2026-06-21", "OPENING", "850.00"), balance("2026-06-30", "CLOSING", "750.00")])
            try check(bench, ["bank.balance_gap line:2 control 0.00"], [], night: "2026-06-30")
            #expect(
                try bench.text("SELECT concat_ws(' ', expected, actual) FROM mainspring.breaks") == "900.00 850.00")
            try bench.importBank(
                [("2026-06-15", "CARD FEE", "-50.00")], name: "between.csv",
                balances: [balance("2026-06-11", "OPENING", "900.00"), balance("2026-06-20", "CLOSING", "850.00")])
            try check(bench, [], [], night: "2026-07-01", run: 2)
        }
    }

    // MARK: Lines put right

    @Test("a line that a later file puts right changes its payout; a payout that loses all its lines is none any more")
    func superseded() throws {
        try Bench.with(terms: true) { bench in
            try bench.card(1)
            let adjustment = try Bench.stripe("txn_a", "other_adjustment", gross: "-36.00", fee: "0.00")
            try bench.importStripe([charge(), adjustment, Bench.payout("po_1", "936.00")])
            try bench.importBank([("2026-06-04", "STRIPE po_2", "936.00")])
            try check(
                bench, ["bank.unidentified line:2 root 936.00", "payout.total payout:po_1 root 36.00"],
                ["bank PKR open_breaks 936.00", "stripe PKR open_breaks 36.00", "stripe PKR paid_out 936.00"],
                night: "2026-06-05")
            // The gateway's second word: no adjustment, and another payout.
            let rows = [
                try charge(payout: "po_2"),
                try Bench.stripe("txn_a", "other_adjustment", gross: "0.00", fee: "0.00", payout: "po_2"),
                try Bench.payout("po_2", "936.00").replacing("txn_po_2", with: "txn_po_1"),
            ]
            let path = try bench.write("b.csv", ([Bench.stripeHeader] + rows).joined(separator: "\n") + "\n")
            let night = try Bench.night("2026-06-06", run: 2)
            try bench.job.transaction {
                _ = try StatementImporter(catalogue: bench.catalogue).importFile(
                    path, as: "stripe", run: night, options: .init(supersedeReason: "their letter"), on: bench.job)
            }
            try check(bench, [], [], night: "2026-06-06", run: 2)
            #expect(
                try bench.text("SELECT string_agg(payout_id, ' ') FROM mainspring.payouts") == "po_2")
        }
    }
}
