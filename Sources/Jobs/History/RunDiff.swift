/// What moved from one run to another: `mainspring runs diff`. docs/operator.md documents each field; fields are added,
/// never renamed.
package struct RunDiff: Codable, Sendable, Equatable {
    package struct Side: Codable, Sendable, Equatable {
        package var run: Int64
        package var job: String
        package var businessDate: String
        package var status: String
    }

    /// A number before and after; nil where that run has none.
    package struct Change<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
        package var before: Value?
        package var after: Value?
    }

    /// A step of which a count or the status differs.
    package struct Step: Codable, Sendable, Equatable {
        package struct Counts: Codable, Sendable, Equatable {
            package var status: String
            package var read: Int64
            package var written: Int64
            package var rejected: Int64
            package var changed: Int64
        }
        package var step: String
        package var before: Counts?
        package var after: Counts?
    }

    /// A file of the output folder that isn't the same, byte for byte.
    package struct File: Codable, Sendable, Equatable {
        package var path: String
        /// `added`, `removed` or `changed`.
        package var what: String
        package var rows: Change<Int64>
        /// Currencies whose sum differs.
        package var sums: [String: Change<String>]
    }

    /// The ledger's money in a bucket, where it differs.
    package struct Standing: Codable, Sendable, Equatable {
        package var bucket: String
        package var currency: String
        package var before: String?
        package var after: String?
    }

    /// What happened to the breaks of a code in the runs after the first, up to the second.
    package struct Breaks: Codable, Sendable, Equatable {
        package var code: String
        package var opened: Int64
        package var reopened: Int64
        package var changed: Int64
        package var resolved: Int64
    }

    /// A row that moved figures: what a break is about.
    package struct Source: Codable, Sendable, Equatable {
        /// `payment:17`, `line:9f86d081884c7d65:12`.
        package var entity: String
        package var code: String
        package var event: String
        package var run: Int64
        package var currency: String
        package var moneyEffectBefore: String?
        package var moneyEffectAfter: String?
    }

    /// A statement file that was imported.
    package struct Import: Codable, Sendable, Equatable {
        package var statement: String
        package var file: String
        package var lines: Int64
        package var run: Int64
    }

    /// Money of the shop's ledger that was seen for the first time.
    package struct Payment: Codable, Sendable, Equatable {
        package var payment: Int64
        package var order: Int64?
        package var kind: String
        package var amount: String
        package var currency: String
        package var run: Int64
    }

    /// The first entries of a list, and how many there are.
    package struct Listed<Entry: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
        package var count: Int64
        package var first: [Entry]
    }

    /// The shape's version.
    package var version = 1
    package var from: Side
    package var to: Side
    package var steps: [Step]
    package var standing: [Standing]
    package var files: [File]
    package var breaks: [Breaks]
    package var sources: Listed<Source>
    package var imports: Listed<Import>
    package var payments: Listed<Payment>

    /// How many entries of each list are given.
    package static let listed = 50

    /// Whether no figure moved.
    package var isEmpty: Bool { steps.isEmpty && standing.isEmpty && files.isEmpty && breaks.isEmpty }
}
