import Demo
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The nights after a marketplace was made")
struct NightsTests {
    @Test("a night mends the same in every marketplace of a seed: rows, files and truth")
    func deterministic() throws {
        let nights = try (1...2).map { _ in
            try Marketplace.with(orders: 3000) { market in
                let second = try DemoMarket.mend(night: 2, on: market.connection, inbox: market.inbox)
                let third = try DemoMarket.mend(night: 3, on: market.connection, inbox: market.inbox)
                return try [second, third].flatMap { $0.statements.map(\.sha256) + [$0.truth.sha256] }
                    + market.fingerprint()
            }
        }
        #expect(nights[0] == nights[1])
    }

    @Test("what is put right leaves the truth with all that followed from it, and nothing comes into it")
    func truth() throws {
        try Marketplace.with(orders: 5000) { market in
            let first = try Set(market.truth())
            let second = try DemoMarket.mend(night: 2, on: market.connection, inbox: market.inbox)
            let left = try market.truth()
            #expect(Set(left).isSubset(of: first))
            let roots = first.subtracting(left).filter { $0[2] != "consequence" }
            #expect(roots.count == second.mended.reduce(0) { $0 + $1.count })
            #expect(roots.count > 5)
            #expect(second.decided > 0)
            #expect(second.truth.rows == left.count)
            // The order of a mended payment bears no consequence any more, and no other root's were taken.
            let entities = Set(left.filter { $0[2] != "consequence" }.map { $0[1] })
            for row in left where row[2] == "consequence" && row[1].hasPrefix("payment:") {
                #expect(entities.contains(row[1]), "\(row)")
            }
        }
    }

    @Test("nothing of a later night happens after its end, and updates say the night's own moment")
    func moments() throws {
        try Marketplace.with(orders: 3000) { market in
            for (night, end) in [(2, "2026-07-01 19:00:00"), (3, "2026-07-02 19:00:00")] {
                _ = try DemoMarket.mend(night: night, on: market.connection, inbox: market.inbox)
                for table in ["orders", "payments"] {
                    let late = try market.count("SELECT count(*) FROM \(table) WHERE updated_at >= '\(end)'")
                    #expect(late == 0, "\(table), night \(night)")
                }
            }
            // The triggers are on again.
            try market.connection.execute("UPDATE payments SET payment_tier = payment_tier WHERE payment_id = 1")
            let touched = try market.count("SELECT count(*) FROM payments WHERE updated_at > now() - interval '1 hour'")
            #expect(touched == 1)
        }
    }

    @Test("each of Stripe's payouts of the day is the sum of its lines, and TCS's totals are those of its own")
    func statements() throws {
        try Marketplace.with(orders: 5000) { market in
            // A payout row that comes late has had its lines long ago.
            let late = try market.truth().filter { $0[0] == "payout.missing" }.map { $0[1] }
            let night = try DemoMarket.mend(night: 2, on: market.connection, inbox: market.inbox)
            #expect(
                night.statements.map { ($0.path as NSString).lastPathComponent } == [
                    "bank-AED-2026-07-01.csv", "bank-PKR-2026-07-01.csv", "bank-USD-2026-07-01.csv",
                    "jazzcash-2026-07-01.csv", "stripe-2026-07-01.csv", "tcs-2026-07-01.csv",
                ])
            var payouts: [String: Decimal] = [:]
            for line in try market.lines("stripe/stripe-2026-07-01.csv").dropFirst() {
                let fields = line.components(separatedBy: ",")
                payouts[fields[0], default: 0] += try #require(Decimal(string: fields[8]))
            }
            let wrong = payouts.filter { $0.value != 0 }.map { "payout:\($0.key)" }
            #expect(payouts.count > wrong.count)
            #expect(wrong.count == 1 && late.contains(wrong[0]), "\(payouts)")
            var lines = try market.lines("tcs/tcs-2026-07-01.csv").dropFirst().map { $0.components(separatedBy: ",") }
            let footer = lines.removeLast()
            #expect(footer[2] == "\(lines.count)")
            let sum = try lines.reduce(Decimal(0)) { try $0 + #require(Decimal(string: $1[11])) }
            #expect(sum == Decimal(string: footer[11]))
        }
    }

    @Test("a night out of turn, a night twice, a marketplace without its truth: refused, and nothing is changed")
    func refusals() throws {
        try Marketplace.with(orders: 500) { market in
            func refused(_ night: Int, _ code: ErrorCode, _ text: String) throws {
                let before = try market.fingerprint()
                let failure = try #require(throws: Failure.self) {
                    try DemoMarket.mend(night: night, on: market.connection, inbox: market.inbox)
                }
                #expect(failure.code == code)
                #expect(failure.message.contains(text), "\(failure.message)")
                #expect(try market.fingerprint() == before)
            }
            try refused(3, .demoRefused, "Night 3 follows 2026-07-01")
            try refused(1, .parameterInvalid, "night 2 to 3")
            _ = try DemoMarket.mend(night: 2, on: market.connection, inbox: market.inbox)
            try refused(2, .demoRefused, "the demo stands at 2026-07-01")
            try "code,entity,role,money_effect\nx,y\n".write(
                toFile: "\(market.inbox)/truth.csv", atomically: true, encoding: .utf8)
            try refused(3, .demoRefused, "was changed")
            try FileManager.default.removeItem(atPath: "\(market.inbox)/truth.csv")
            try refused(3, .demoRefused, "not in the inbox")
        }
        try TestDatabase.withShop { connection, _ in
            try Marketplace.withFolder { folder in
                try "code,entity,role,money_effect\n".write(
                    toFile: "\(folder)/truth.csv", atomically: true, encoding: .utf8)
                let failure = try #require(throws: Failure.self) {
                    try DemoMarket.mend(night: 2, on: connection, inbox: folder)
                }
                #expect(failure.code == .demoRefused && failure.message.contains("holds no demo"))
            }
        }
    }

    @Test("a new marketplace takes the place of a mended one, late files included")
    func replaces() throws {
        try Marketplace.with(orders: 3000) { market in
            _ = try DemoMarket.mend(night: 2, on: market.connection, inbox: market.inbox)
            let again = try DemoMarket.generate(orders: 3000, seed: 7, on: market.connection, inbox: market.inbox)
            #expect(again == market.summary)
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(market.inbox)/stripe")
            #expect(!files.contains("stripe-2026-07-01.csv"))
        }
    }
}
