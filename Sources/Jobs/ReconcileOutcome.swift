import Configuration
import Money
import Postgres
import Reconciliation

extension JobStep {
    /// A reconciliation reads orders, payments and lines one after the other and must see one moment; all other steps
    /// lock before they look, and then have to see what was committed meanwhile.
    var isolation: Isolation { work == .reconcilePayments ? .repeatableRead : .readCommitted }
}

extension Settings {
    /// The days on which banks settle nothing; 1 is Monday.
    var weekendNumbers: [Int] {
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        return weekend.compactMap { day in days.firstIndex(of: day).map { $0 + 1 } }
    }
}

extension BreakFigures {
    /// By code, whatever its role and currency.
    init(_ result: ReconciliationOutcome, standing: [String: [String: String]]) {
        var codes: [String: Code] = [:]
        func code(_ name: String) -> Code {
            codes[name] ?? Code(code: name, opened: 0, resolved: 0, changed: 0, open: 0, moneyEffect: [:])
        }
        for change in result.changes {
            var figures = code(change.code)
            switch change.event {
            case .opened, .reopened: figures.opened += Int64(change.breaks)
            case .resolved: figures.resolved += Int64(change.breaks)
            case .changed: figures.changed += Int64(change.breaks)
            }
            codes[change.code] = figures
        }
        for open in result.open {
            var figures = code(open.code)
            figures.open += Int64(open.breaks)
            if open.role == "root" {
                openRoots += Int64(open.breaks)
                figures.moneyEffect[open.currency] = Self.sum(figures.moneyEffect[open.currency], open.moneyEffect)
            }
            codes[open.code] = figures
        }
        self.codes = codes.values.sorted { $0.code < $1.code }
        orders = Int64(result.orders)
        payments = Int64(result.payments)
        lines = Int64(result.lines)
        self.standing = standing
    }

    /// The exact sum of plain decimals.
    static func sum(_ left: String?, _ right: String) -> String {
        var sum = ExactSum()
        for text in [left, right] {
            if let number = text.flatMap({ ExactDecimal($0) }) { _ = sum.add(number) }
        }
        return sum.description
    }
}

extension CompletenessProof {
    init(_ result: ReconciliationOutcome) {
        lines = result.completeness.map { row in
            Line(
                side: row.side, kind: row.kind, currency: row.currency, inputCount: Int64(row.inputCount),
                inputSum: row.inputSum, bucketCount: Int64(row.bucketCount), bucketSum: row.bucketSum, holds: row.pass)
        }
    }
}
