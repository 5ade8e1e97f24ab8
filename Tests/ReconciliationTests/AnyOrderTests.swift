import Postgres
import Reconciliation
import Testing

/// What is known in the end depends on what was read, not on when: files imported in any order, over any nights, with as
/// many runs in between as one likes, give the same events, the same buckets and the same open breaks.
@Suite("Any order and any number of runs")
struct AnyOrderTests {
    /// SplitMix64: the same seed, the same shop, on every machine.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// A shop of thirty payments of every fate, and the files that speak of them.
    struct Plan {
        var files: [(name: String, statement: String, text: String)] = []
        private var random: Seeded
        private var rows: [[String]] = Array(repeating: [], count: 4)
        private var parcels: [(tracking: String, order: String, amount: String)] = []

        init(seed: UInt64, in bench: Bench) throws {
            random = Seeded(state: seed)
            for id in 1...30 { try id % 5 == 0 ? door(id, in: bench) : card(id, in: bench) }
            for file in rows.indices {
                // A payout row that its lines come to, or not; and lines that the next file has again.
                rows[file].append(
                    try Bench.stripe(
                        "po_\(file)", "payout", gross: "-\(1000 + file).00", fee: "0.00", payout: "po_\(file)"))
                let again = file > 0 ? rows[file - 1].filter { $0.contains(",charge,") && !$0.contains("ch_none") } : []
                let text = ([Bench.stripeHeader] + rows[file] + again.prefix(2)).joined(separator: "\n") + "\n"
                files.append(("stripe-\(file).csv", "stripe", text))
            }
            files.append(("tcs.csv", "tcs", try Bench.tcs(parcels)))
        }

        private static func june(_ day: Int) -> String { "2026-06-\(day < 10 ? "0" : "")\(day)" }

        private mutating func card(_ id: Int, in bench: Bench) throws {
            let day = Int.random(in: 1...28, using: &random)
            let at = "\(Self.june(day)) 08:05:00"
            let settled = "\(Self.june(min(day + 2, 30))) 00:00:00"
            let fate = Int.random(in: 0..<12, using: &random)
            let refunded = [3, 4, 5].contains(fate) ? "300.00" : "0"
            let answer = Bench.charge(
                "ch_\(id)", fate == 7 ? "900.00" : "1000.00", status: fate == 6 ? "failed" : "succeeded",
                captured: fate != 6, refunded: refunded)
            try bench.order(id, fate == 8 ? "CANCELLED" : "DELIVERED", at: at)
            try bench.payment(
                id, order: id, fate == 9 ? "PENDING" : "COMPLETED", transaction: "ch_\(id)",
                answer: fate == 10 ? nil : answer, at: at)
            func line(_ type: String, _ gross: String, _ suffix: String = "", currency: String = "pkr") throws {
                let file = Int.random(in: rows.indices, using: &random)
                rows[file].append(
                    try Bench.stripe(
                        "txn_\(id)\(suffix)", type, gross: gross, fee: "10.00", charge: "ch_\(id)",
                        payout: "po_\(file)",
                        at: settled, currency: currency))
            }
            switch fate {
            case 0: break
            case 1: try line("charge", "990.00")
            case 2: try line("charge", "1000.00", currency: "usd")
            case 6: break
            case 7: try line("charge", "900.00")
            default: try line("charge", "1000.00")
            }
            if fate == 3 { try line("refund", "-300.00", "r") }
            if fate == 4 { try line("refund", "-250.00", "r") }
            if fate == 8 { try line("refund", "-1000.00", "r") }
            if fate == 11 { try line("dispute", "-1000.00", "d") }
            if id % 7 == 0 {
                let file = Int.random(in: rows.indices, using: &random)
                rows[file].append(
                    try Bench.stripe(
                        "txn_orphan_\(id)", gross: "\(id).00", charge: "ch_none_\(id)", payout: "po_\(file)"))
            }
        }

        private mutating func door(_ id: Int, in bench: Bench) throws {
            let fate = Int.random(in: 0..<4, using: &random)
            try bench.door(id, delivered: fate == 0 ? "2026-06-28" : "2026-06-04", orderStatus: "DELIVERED")
            if fate > 1 { parcels.append(("TN-\(id)", "", fate == 2 ? "1000.00" : "950.00")) }
            if parcels.isEmpty { parcels.append(("TN-none", "", "100.00")) }
        }
    }

    /// What a night leaves: events, buckets and open breaks.
    private static func outcome(_ bench: Bench) throws -> [String] {
        let events = try bench.owner.query(
            """
            SELECT concat_ws(' ', side, channel, kind, currency, sum(amount)) AS line FROM mainspring.money_events
            GROUP BY side, channel, kind, currency ORDER BY 1
            """
        ).map { try $0.text("line") }
        return try events + bench.buckets() + bench.openBreaks()
    }

    @Test("the same files in any order, over any nights", arguments: [UInt64(1), 20_260_630, 786])
    func anyOrder(seed: UInt64) throws {
        let expected = try Bench.with { bench in
            let plan = try Plan(seed: seed, in: bench)
            for file in plan.files {
                try bench.importFile(try bench.write(file.name, file.text), as: file.statement)
            }
            try bench.reconcile()
            return try Self.outcome(bench)
        }
        #expect(expected.count > 30)
        for round in 1...2 {
            let found = try Bench.with { bench in
                let plan = try Plan(seed: seed, in: bench)
                var random = Seeded(state: seed &* 31 &+ UInt64(round))
                var night: Int64 = 0
                for file in plan.files.shuffled(using: &random) {
                    for _ in 0..<Int.random(in: 0...2, using: &random) {
                        night += 1
                        let date = "2026-06-\(Int.random(in: 10...30, using: &random))"
                        #expect(try bench.reconcile(try Bench.night(date, run: night)).isComplete)
                    }
                    try bench.importFile(try bench.write(file.name, file.text), as: file.statement)
                }
                try bench.reconcile(try Bench.night("2026-06-30", run: night + 1))
                #expect(try bench.reconcile(try Bench.night("2026-06-30", run: night + 2)).rowsChanged == 0)
                return try Self.outcome(bench)
            }
            #expect(Set(found).subtracting(expected) == [], "round \(round): only in the shuffled nights")
            #expect(Set(expected).subtracting(found) == [], "round \(round): only in the one night")
            #expect(found.count == expected.count)
        }
    }
}
