import Jobs
import Reconciliation

/// A gateway mapping, as `gateways list` and `show` print it.
struct GatewayPage: Encodable {
    var gateway: String
    var title: String
    /// Where its payments' money is kept.
    var channel: String
    /// Names of payment_gateway, and payment methods of payments without one.
    var reads: [String]
    var hasAnswers: Bool
    /// Whether a statement must speak of each capture.
    var expectsStatement: Bool
    var dueBusinessDays: Int
    var dueAfter: String

    init(_ mapping: GatewayMapping) {
        gateway = mapping.name
        title = mapping.title
        switch mapping.channel {
        case .fixed(let name): channel = name
        case .carrier(let otherwise): channel = "the order's carrier, else \(otherwise)"
        }
        reads = mapping.names + mapping.paymentMethods
        hasAnswers = mapping.answers
        expectsStatement = mapping.settles
        dueBusinessDays = mapping.dueDays
        dueAfter = mapping.dueAfter.rawValue
    }

    func text(_ style: TextStyle) -> String {
        """
        \(style.strong(title))  (config/gateways/\(gateway).yml)
          reads     \(reads.joined(separator: ", "))
          channel   \(channel)
          answers   \(hasAnswers ? "yes" : "none")
          statement \(expectsStatement ? "expected \(dueBusinessDays) business days after \(dueAfter)" : "none")
        """
    }
}

/// A statement profile, as `settlements list` and `show` print it.
struct SettlementPage: Encodable {
    var statement: String
    var title: String
    var channel: String
    var counterparty: String
    /// Columns that the header must have.
    var columns: [String]
    /// Columns that it may have.
    var optionalColumns: [String]

    init(_ profile: SettlementProfile) {
        statement = profile.name
        title = profile.title
        channel = profile.channel
        counterparty = profile.counterparty.rawValue
        columns = profile.columns.filter { !$0.optional }.map(\.name)
        optionalColumns = profile.columns.filter(\.optional).map(\.name)
    }

    func text(_ style: TextStyle) -> String {
        var lines = [
            "\(style.strong(title))  (config/settlements/\(statement).yml)",
            "  channel   \(channel), a \(counterparty)",
            "  columns   \(columns.joined(separator: ", "))",
        ]
        if !optionalColumns.isEmpty { lines.append("  optional  \(optionalColumns.joined(separator: ", "))") }
        lines.append("  inbox     inbox/\(statement)/*.csv")
        return lines.joined(separator: "\n")
    }
}
