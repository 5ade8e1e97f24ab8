/// Why a payment, order, line, payout or break stands as it does: what each side says, how lines found their payments,
/// which rules were tried, where the money stands, and what would mend it. Amounts are plain decimals.
package struct Explanation: Codable, Sendable, Equatable {
    /// One source, and what it says.
    package struct Source: Codable, Sendable, Equatable {
        /// `shop`, `gateway`, `statement`, `payout` or `bank`.
        package var side: String
        package var place: String
        package var says: String
    }

    /// One way in which a line looked for its payment.
    package struct Attempt: Codable, Sendable, Equatable {
        package var line: String
        package var way: String
        package var value: String?
        package var result: String
    }

    /// One rule of a payment, with the values that it compared.
    package struct Rule: Codable, Sendable, Equatable {
        package var entity: String
        package var code: String
        package var currency: String
        package var expected: String?
        package var actual: String?
        package var actualCurrency: String
        package var difference: String?
        package var result: String
    }

    /// A part of a money event, and its bucket.
    package struct Part: Codable, Sendable, Equatable {
        package var side: String
        package var kind: String
        package var day: String
        package var amount: String
        package var currency: String
        package var bucket: String
        package var reason: String
    }

    /// A break that is found now, or was found before.
    package struct Break: Codable, Sendable, Equatable {
        package var breakID: String
        package var code: String
        package var entity: String
        package var role: String
        package var currency: String
        package var moneyEffect: String
        package var explanation: String
        package var status: String
        package var nextAction: String?
    }

    package var entity: String
    package var sources: [Source]
    package var matching: [Attempt]
    package var rules: [Rule]
    package var money: [Part]
    package var breaks: [Break]
}
