import Money
import Postgres
import Tabular
import TestSupport
import Testing

@testable import Reporting

/// What sellers are paid by, over the shop on paper (Tests/Fixtures/reports/README.md).
@Suite("Statements of sellers over the shop on paper")
struct SellerTests {
    /// The rows of a report, each as column → text.
    private func rows(
        _ name: String, on reader: Connection, from: String = "2026-06-01", to: String = "2026-06-30",
        commission: Bool = false
    ) throws -> [[String: String]] {
        let report = try ReportFiles.catalogue().report(name)
        let terms = ["commission": ReportFiles.fixtures + "/commission-paper.yml"]
        let context = try PaperShop.context(from: from, to: to, named: true, values: commission ? terms : [:])
        let statement = try report.query.template.bind(context.values(for: report))
        return try reader.query(statement).map { row in
            try Dictionary(
                uniqueKeysWithValues: report.columns.map { ($0.name, try row.optionalText($0.name) ?? "") })
        }
    }

    /// The exact sum of what amounts there are.
    private func total(_ amounts: [String?]) throws -> String {
        var sum = ExactSum()
        for number in amounts.compactMap({ $0.flatMap { ExactDecimal($0) } }) {
            guard sum.add(number) else { throw Missing() }
        }
        return sum.description
    }

    /// The last line of each statement: store and currency → opening, earned, deductions, paid out, on hold, closing.
    private func closings(
        on reader: Connection, from: String = "2026-06-01", to: String = "2026-06-30", commission: Bool = false
    ) throws -> [String: [String]] {
        let columns = ["opening_balance", "earned", "deductions", "paid_out", "on_hold", "closing_balance"]
        let closing = try rows("seller-statement", on: reader, from: from, to: to, commission: commission)
            .filter { $0["event"] == "closing balance" }
        return Dictionary(
            uniqueKeysWithValues: closing.map { row in
                ("\(row["store_id"] ?? "") \(row["currency"] ?? "")", columns.map { row[$0] ?? "" })
            })
    }

    @Test func come_to_what_the_paper_says() throws {
        try PaperShop.withShop { (reader, _) throws in
            #expect(
                try closings(on: reader) == [
                    "1 PKR": ["6280.00", "36900.00", "1372.67", "1000.00", "40730.00", "40807.33"],
                    "1 USD": ["0.00", "500.00", "14.80", "0.00", "0.00", "485.20"],
                    "2 PKR": ["0.00", "1700.00", "0.00", "0.00", "1700.00", "1700.00"],
                    "3 PKR": ["1980.00", "0.00", "381.75", "0.00", "0.00", "1598.25"],
                ])
            #expect(
                try closings(on: reader, commission: true) == [
                    "1 PKR": ["6444.71", "36900.00", "190.25", "1000.00", "42164.71", "42154.46"],
                    "1 USD": ["0.00", "500.00", "37.30", "0.00", "0.00", "462.70"],
                    "2 PKR": ["0.00", "1700.00", "98.60", "0.00", "700.00", "1601.40"],
                    "3 PKR": ["1762.20", "0.00", "381.75", "0.00", "0.00", "1380.45"],
                ])
        }
    }

    @Test func take_commission_at_delivery_and_give_it_back_with_the_refund() throws {
        try PaperShop.withShop { (reader, _) throws in
            let lines = try rows("seller-statement", on: reader, commission: true)
                .filter { $0["event"]?.hasPrefix("commission") == true }
            func told(_ row: [String: String]) -> String {
                ["posted_date", "event", "order_number", "commission", "commission_tax"].compactMap { row[$0] }
                    .joined(separator: " ")
            }
            #expect(
                lines.map(told) == [
                    "2026-06-02 commission ORD-2026-00001 -105.00 -16.80",
                    "2026-06-04 commission ORD-2026-00002 -100.00 0.00",
                    "2026-06-04 commission given back ORD-2026-00002 100.00 0.00",
                    "2026-06-15 commission ORD-2026-00003 -22.50 0.00",
                    "2026-06-30 commission ORD-2026-00004 -85.00 -13.60",
                ])
            let basis = try rows("seller-statement", on: reader, commission: true).first?["commission_basis"] ?? ""
            #expect(basis.hasPrefix("Commission 5 % of goods, tax on it 0 %; gateway fees are the"), "\(basis)")
            let none = try rows("seller-statement", on: reader).first?["commission_basis"] ?? ""
            #expect(none.hasPrefix("No commission is taken (config/commission.yml)"), "\(none)")
        }
    }

    /// Whichever months are asked for, each opens as the one before closed, and every line leads to the next balance.
    @Test(arguments: [false, true])
    func roll_forward(commission: Bool) throws {
        try PaperShop.withShop { (reader, _) throws in
            let all = try rows("seller-statement", on: reader, from: "2026-01-01", commission: commission)
            var balances: [String: String] = [:]
            for row in all {
                let account = "\(row["store_id"] ?? "") \(row["currency"] ?? "")"
                if let before = balances[account] {
                    #expect(try total([before, row["net"]]) == row["running_balance"], "\(row)")
                }
                balances[account] = row["running_balance"]
            }
            #expect(Set(all.compactMap { $0["period"] }).count == 4)
            let june = try closings(on: reader, commission: commission)
            let last = all.filter { $0["event"] == "closing balance" && $0["period"] == "2026-06-01" }
            #expect(last.count == june.count)
            for row in last {
                let account = "\(row["store_id"] ?? "") \(row["currency"] ?? "")"
                #expect(june[account]?.last == row["closing_balance"], "\(account)")
            }
        }
    }

    /// A bank's debit can name a statement only when its month is whole.
    @Test func have_a_number_once_the_month_is_whole() throws {
        try PaperShop.withShop { (reader, _) throws in
            func numbers(_ from: String, _ to: String) throws -> Set<String> {
                Set(try rows("seller-statement", on: reader, from: from, to: to).compactMap { $0["statement_no"] })
            }
            #expect(
                try numbers("2026-05-01", "2026-06-29") == [
                    "SS-1-2026-05-PKR", "SS-3-2026-05-PKR", "SS-1-2026-06-PKR-DRAFT", "SS-1-2026-06-USD-DRAFT",
                    "SS-2-2026-06-PKR-DRAFT", "SS-3-2026-06-PKR-DRAFT",
                ])
            // Nothing had happened yet.
            #expect(try numbers("2026-01-01", "2026-02-28") == [])
        }
    }

    /// With what the marketplace bears and what no store is known for, they are the bridge, on every day.
    @Test(arguments: [false, true])
    func sum_to_the_bridge(commission: Bool) throws {
        try PaperShop.withShop { (reader, owner) throws in
            for day in ["2026-03-15", "2026-05-28", "2026-06-03", "2026-06-16", "2026-06-20", "2026-06-30"] {
                let steps = try rows("seller-control", on: reader, from: day, to: day, commission: commission)
                #expect(!steps.isEmpty && steps.allSatisfy { $0["pass"] == "pass" }, "\(day): \(steps)")
            }
            let june = try rows("seller-control", on: reader, commission: commission)
            let fees = june.first { $0["currency"] == "PKR" && $0["step_no"] == "9" }
            #expect(fees?["statements"] == (commission ? "-368.45" : "-1672.67"))
            #expect(fees?["platform"] == (commission ? "-1304.22" : "0.00"))
            #expect(fees?["no_store"] == "-220.00")
            // The same columns of the statements themselves.
            let lines = try rows("seller-statement", on: reader, commission: commission)
            let charged = lines.filter { $0["currency"] == "PKR" }
                .flatMap { [$0["gateway_fee"], $0["courier_charges"]] }
            #expect(try total(charged) == fees?["statements"])
            // An event that was changed behind the reconciliation's back.
            try owner.script(
                "UPDATE mainspring.money_events SET amount = amount - 0.01 WHERE kind = 'fee' AND payout_id = 'po_1'")
            let off = try rows("seller-control", on: reader, commission: commission).filter { $0["pass"] == "fail" }
            #expect(off.map { $0["difference"] } == ["-0.02"])
        }
    }

    /// The ageing is of the same balance, and what is on hold is told by its reason.
    @Test(arguments: [false, true])
    func are_aged(commission: Bool) throws {
        try PaperShop.withShop { (reader, _) throws in
            let closings = try closings(on: reader, commission: commission)
            let aged = try rows("seller-payables-ageing", on: reader, commission: commission)
            #expect(aged.count == closings.count)
            for row in aged {
                let account = "\(row["store_id"] ?? "") \(row["currency"] ?? "")"
                func sum(_ columns: [String]) throws -> String { try total(columns.map { row[$0] }) }
                let held = ["not_delivered", "within_term", "on_its_way", "in_open_breaks"]
                #expect(row["balance"] == closings[account]?[5], "\(account)")
                #expect(try sum(held) == closings[account]?[4], "\(account)")
                #expect(try sum(held + ["owed_by_store", "paid_ahead", "payable"]) == row["balance"], "\(account)")
                let aged = ["d0_30", "d31_60", "d61_90", "d91_plus"].map { row[$0] }
                #expect(try total(aged + ["0.00"]) == row["payable"], "\(account)")
            }
        }
    }

    /// Debit and credit of each entry are equal, and what is posted on a step of the bridge is that step.
    @Test(arguments: [false, true])
    func are_journalled_in_balance(commission: Bool) throws {
        try PaperShop.withShop { (reader, _) throws in
            let lines = try rows("gl-journal", on: reader, from: "2026-03-01", commission: commission)
            let entries = Dictionary(grouping: lines) { $0["entry_no"] ?? "" }
            #expect(entries.count > 20)
            for (number, entry) in entries {
                let debit = try total(entry.map { $0["debit"] })
                #expect(try total(entry.map { $0["credit"] }) == debit, "\(number)")
                #expect(entry.allSatisfy { $0["account"]?.isEmpty == false }, "\(number)")
            }
            let earned = lines.filter { $0["posting"] == "commission" }.compactMap { $0["credit"] }
            #expect(earned == (commission ? ["30.42", "205.00", "105.00", "22.50", "85.00"] : []))
        }
    }

    /// Order 4 has goods of two categories, one of them with the tax in its price, and taxed shipping. Its tax of 144.00 is
    /// 10.08 on shipping (18 % of 56.00); 133.92 is shared as 54.00 (18 % of 300.00) to 45.45 (10 % in 500.00).
    @Test func are_taxed_by_the_rates_of_their_categories() throws {
        try PaperShop.withShop { (reader, _) throws in
            let report = try ReportFiles.catalogue().report("tax")
            let fixtures = ReportFiles.fixtures
            let context = try PaperShop.context(
                values: ["taxes": fixtures + "/taxes-paper.yml", "commission": fixtures + "/commission-paper.yml"])
            let statement = try report.query.template.bind(context.values(for: report))
            let columns = [
                "category", "rate_configured", "effective_rate", "taxable_value", "tax_charged", "shipping_value",
                "shipping_tax", "commission_tax_charged", "rate_exception_count",
            ]
            let rows = try reader.query(statement).filter { try $0.optionalText("store_id") == "2" }
                .map { row in try columns.map { try row.optionalText($0) ?? "" }.joined(separator: " ") }
            #expect(
                rows == [
                    "Divers 18 24.24 300.00 72.71 21.00 3.78 5.10 1", "Dress 10 13.95 438.79 61.21 35.00 6.30 8.50 1",
                ])
        }
    }
}
