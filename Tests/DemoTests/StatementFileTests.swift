import Demo
import Foundation
import TestSupport
import Testing

@Suite("The statements of a generated marketplace")
struct StatementFileTests {
    private static let stripeColumns = [
        "automatic_payout_id", "automatic_payout_effective_at_utc", "balance_transaction_id", "created_utc",
        "available_on_utc", "currency", "gross", "fee", "net", "reporting_category", "source_id", "description",
        "customer_facing_amount", "customer_facing_currency", "charge_id", "payment_intent_id",
        "payment_metadata[order_number]",
    ]
    private static let tcsColumns = [
        "Remittance No", "Remittance Date", "Consignment No", "Order Ref", "Delivery Date", "Status", "COD Amount",
        "Service Charges", "Sales Tax", "Income Tax Withheld", "Sales Tax Withheld", "Net Payable",
    ]

    private static func hundredths(_ text: String) -> Int {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let whole = Int(parts[0].filter(\.isNumber)) ?? 0
        let value = whole * 100 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        return text.hasPrefix("-") ? -value : value
    }

    @Test("TCS's own totals are those of its lines, and each line's net is what is left")
    func footers() throws {
        try Marketplace.with(orders: 1500) { market in
            let files = market.summary.statements.filter { $0.path.contains("/tcs-") }
            #expect(files.count == 24)
            for file in files {
                var lines = try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n")
                    .map { $0.components(separatedBy: ",") }
                #expect(lines.removeFirst() == Self.tcsColumns)
                let footer = lines.removeLast()
                #expect(footer[0] == "TOTAL" && footer[2] == "\(lines.count)")
                #expect(file.rows == lines.count + 1)
                for column in 6...11 {
                    let sum = lines.reduce(0) { $0 + Self.hundredths($1[column]) }
                    #expect(Self.hundredths(footer[column]) == sum, "\(file.path) column \(column)")
                }
                for line in lines {
                    let amounts = (6...11).map { Self.hundredths(line[$0]) }
                    let left = amounts[0] - amounts[1...4].reduce(0, +)
                    #expect(left == amounts[5], "\(line)")
                    #expect(["DELIVERED", "RETURNED"].contains(line[5]))
                }
            }
        }
    }

    @Test("Stripe's rows add up, and each payout is the sum of its lines, but for those that were planted")
    func payouts() throws {
        try Marketplace.with(orders: 1500) { market in
            var open: [String: Int] = [:]
            var seen: Set<String> = []
            var repeated = 0
            var slipped = 0
            for file in market.summary.statements where file.path.contains("/stripe-") {
                var lines = try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n")
                    .map { $0.components(separatedBy: ",") }
                #expect(lines.removeFirst() == Self.stripeColumns)
                for line in lines {
                    #expect(line.count == 17)
                    let (gross, fee, net) = (
                        Self.hundredths(line[6]), Self.hundredths(line[7]), Self.hundredths(line[8])
                    )
                    if gross - fee != net { slipped += 1 }
                    // A payout of May that comes again in June's file was counted in May's.
                    guard seen.insert(line[2]).inserted else {
                        repeated += 1
                        continue
                    }
                    open[line[0], default: 0] += net
                }
            }
            let wrong = Set(open.filter { $0.value != 0 }.map { "payout:\($0.key)" })
            let truth = try market.truth()
            let codes = ["payout.total", "payout.missing", "payout.unitemised"]
            #expect(wrong == Set(truth.filter { codes.contains($0[0]) }.map { $0[1] }))
            #expect(slipped == truth.filter { $0[0] == "settlement.line_arithmetic" }.count)
            let planted = truth.filter { ["settlement.duplicate", "settlement.line_changed"].contains($0[0]) }.count
            #expect(repeated > planted, "some lines come again word for word")
        }
    }

    @Test("a batch of JazzCash is paid out as its lines say, less discount and taxes")
    func batches() throws {
        let lines = try Marketplace.with(orders: 2500) { try Self.batchLines($0) }
        let kinds = Set(lines.map { $0[9] }).sorted()
        #expect(kinds == ["REFUND", "SALE", "SETTLEMENT"])
        let batches = Dictionary(grouping: lines) { $0[1] }
        #expect(batches.count > 50)
        for (batch, lines) in batches {
            let sum = Self.left(lines)
            #expect(sum == 0, "\(batch)")
        }
        for line in lines {
            let off = abs(Self.left([line])) - Self.hundredths(line[15])
            #expect(off == 0, "\(line)")
        }
    }

    private static func batchLines(_ market: Marketplace) throws -> [[String]] {
        var lines: [[String]] = []
        for file in market.summary.statements where file.path.contains("/jazzcash-") {
            let text = try String(contentsOfFile: file.path, encoding: .utf8)
            lines += text.split(separator: "\n").dropFirst().map { $0.components(separatedBy: ",") }
        }
        return lines
    }

    /// What is left of the amounts after discount and taxes, as the column D/C signs them.
    private static func left(_ lines: [[String]]) -> Int {
        var sum = 0
        for line in lines {
            sum += hundredths(line[11]) * (line[10] == "D" ? -1 : 1)
            sum -= hundredths(line[12]) + hundredths(line[13]) + hundredths(line[14])
        }
        return sum
    }

    @Test("a bank's statement leads from its opening balance to its closing one, and opens where the last one closed")
    func balances() throws {
        try Marketplace.with(orders: 1500) { market in
            let files = market.summary.statements.filter { $0.path.contains("/bank-") }
            #expect(files.count == 72)
            var closed: [String: Int] = [:]
            var gaps = 0
            var references: Set<String> = []
            for file in files {
                var lines = try String(contentsOfFile: file.path, encoding: .utf8).split(separator: "\n")
                    .map { $0.components(separatedBy: ",") }
                #expect(
                    lines.removeFirst() == [
                        "Date", "Type", "Reference", "Description", "Currency", "Amount", "Balance",
                    ])
                for line in lines { #expect(references.insert(line[2]).inserted, "\(line)") }
                let (opening, closing) = (lines.removeFirst(), lines.removeLast())
                #expect(opening[1] == "OPENING" && closing[1] == "CLOSING")
                var balance = Self.hundredths(opening[5])
                if let before = closed[opening[4]], before != balance { gaps += 1 }
                for line in lines {
                    let amount = Self.hundredths(line[5])
                    balance += amount
                    #expect(
                        line[1] == (amount < 0 ? "DEBIT" : "CREDIT") && balance == Self.hundredths(line[6]), "\(line)")
                    #expect(line[0] <= "2026-06-30")
                }
                #expect(balance == Self.hundredths(closing[5]) && closing[5] == closing[6])
                closed[opening[4]] = balance
            }
            #expect(closed.count == 3)
            #expect(try gaps == market.truth().filter { $0[0] == "bank.balance_gap" }.count)
        }
    }

    @Test("a file's name, size and hash are what the summary says")
    func summary() throws {
        try Marketplace.with(orders: 500) { market in
            for file in market.summary.statements + [market.summary.truth] {
                let content = try Data(contentsOf: URL(fileURLWithPath: file.path))
                #expect(content.count == file.bytes, "\(file.path)")
                let newlines = content.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
                #expect(newlines == file.rows + 1, "\(file.path)")
                #expect(file.sha256.count == 64)
            }
            #expect(Set(market.summary.statements.map(\.path)).count == market.summary.statements.count)
        }
    }
}
