package import Diagnostics

/// What is to be explained: a payment, an order, a statement's line, a payout or a break, as breaks, reports and people
/// name them.
package struct Subject: Sendable, Equatable {
    enum Kind: String, CaseIterable { case payment, order, line, payout, `break` }

    let kind: Kind
    /// The number in it: of the payment or order, or of the line in its file; nil where a name says it all.
    let id: Int64?
    /// The name in it: the order's number, the line's file (its name, or the first digits of its SHA-256), the payout's or
    /// break's id; empty where a number says it all.
    let text: String

    /// Reads `payment:17`, `order:9`, `order ORD-2026-00042`, `line:1f0c…:14`, `line stripe-2026-05.csv:14`, `payout:po_1`
    /// and the sixteen digits of a break.
    /// - Throws: `parameter.invalid`, with the forms that there are.
    package init(_ words: [String]) throws(Failure) {
        let joined = words.joined(separator: ":")
        let parts = joined.split(separator: ":", omittingEmptySubsequences: true).map(String.init)
        if parts.count == 1, joined.count == 16, joined.allSatisfy(\.isHexDigit) {
            (kind, id, text) = (.break, nil, joined)
            return
        }
        guard let first = parts.first, let kind = Kind(rawValue: first), parts.count > 1 else {
            throw Self.unreadable(words)
        }
        self.kind = kind
        let rest = parts.dropFirst()
        switch kind {
        case .payment:
            guard rest.count == 1, let number = Int64(rest[1]) else { throw Self.unreadable(words) }
            (id, text) = (number, "")
        case .order:
            guard rest.count == 1 else { throw Self.unreadable(words) }
            (id, text) = (Int64(rest[1]), rest[1])
        case .line:
            guard rest.count == 2, let number = Int64(parts[2]) else { throw Self.unreadable(words) }
            (id, text) = (number, parts[1])
        case .payout, .break:
            (id, text) = (nil, rest.joined(separator: ":"))
        }
    }

    private static func unreadable(_ words: [String]) -> Failure {
        Failure(
            .parameterInvalid, "“\(words.joined(separator: " "))” names nothing that can be explained.",
            advice: "Write payment:17, order:9 or order ORD-2026-00042, line:FILE:LINE, payout:ID, or a break's id.")
    }

    /// How a person would write it.
    var name: String {
        switch kind {
        case .break: "break \(text)"
        case .line: "line \(id.map(String.init) ?? "") of \(text)"
        case .order: "order \(text)"
        case .payment: "payment:\(id.map(String.init) ?? "")"
        case .payout: "payout:\(text)"
        }
    }
}
