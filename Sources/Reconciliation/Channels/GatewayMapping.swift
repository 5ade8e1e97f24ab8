package import Configuration
package import Diagnostics

/// A file of `config/gateways`: which payments it reads, in which books their money is kept, and how an answer in
/// `payments.gateway_response` becomes the canonical payment (docs/adding-a-gateway.md).
package struct GatewayMapping: Sendable, Equatable {
    /// Where a payment's money is kept.
    package enum Channel: Sendable, Equatable {
        case fixed(String)
        /// `orders.carrier`, folded; for an order without a carrier the name given.
        case carrier(otherwise: String)
    }

    /// What the days until a settlement is due count from.
    package enum DueAfter: String, Sendable, CaseIterable { case capture, delivery }

    /// The name of the file's gateway, unique among mappings.
    package let name: String
    package let title: String
    /// Folded values of `payments.payment_gateway` that it reads.
    package let names: [String]
    /// Payment methods whose payments without a gateway's name it reads.
    package let paymentMethods: [String]
    package let channel: Channel
    /// Whether a gateway answers; without one there is nothing to read and nothing to miss.
    package let answers: Bool
    /// Whether a statement must speak of each capture.
    package let settles: Bool
    /// Whether a statement must speak of each refund too.
    package let settlesRefunds: Bool
    /// Business days until a settlement is due.
    package let dueDays: Int
    package let dueAfter: DueAfter
    /// Where the file begins.
    package let location: Location
    /// The SELECT that reads the answers: of a relation `answers (payment_id, response)` it gives the canonical columns.
    /// Total: whatever JSON the answers are, no row raises. Nil for a mapping without answers.
    package let compiledSQL: String?

    /// Reads one mapping file.
    /// - Throws: `config.*`, naming file, line and column.
    package static func load(file: String) throws(Failure) -> GatewayMapping {
        try GatewayMapping(YAMLNode.parse(file: file))
    }

    /// Reads a mapping from YAML that has been parsed.
    package init(_ node: YAMLNode) throws(Failure) {
        let file = try node.mapping(allowed: [
            "gateway", "title", "names", "payment_methods", "channel", "statement", "due", "refunds", "answer",
            "fields",
            "status",
        ])
        location = file.location
        name = try file.required("gateway").string()
        title = try file.required("title").string()
        names = try Self.texts(file.optional("names"))
        paymentMethods = try Self.texts(file.optional("payment_methods"))
        guard !names.isEmpty || !paymentMethods.isEmpty else {
            throw Failure(
                .configMissingKey, "The mapping reads no payments.", at: location,
                advice: "Add `names:` or `payment_methods:`.")
        }
        for name in names where name.isEmpty || !name.allSatisfy(Self.isFolded) {
            throw Failure(
                .configInvalid, "“\(name)” isn't a folded gateway name.", at: file.optional("names")?.location,
                advice: "Write lower-case letters and digits only: “Pay-Fast” is payfast.")
        }
        channel = try Self.channel(file.required("channel"))
        settles = try file.required("statement").name(among: ["expected", "none"]) == "expected"
        let refunds = try file.name("refunds", among: ["statement", "elsewhere"], otherwise: "statement")
        settlesRefunds = settles && refunds == "statement"
        (dueDays, dueAfter) = try Self.due(file.optional("due"), needed: settles, at: location)
        answers = try file.required("answer").name(among: ["expected", "none"]) == "expected"
        if answers {
            let reading = try AnswerReading(fields: file.required("fields"), status: file.required("status"))
            compiledSQL = reading.compiled
        } else {
            compiledSQL = nil
        }
    }

    private static func isFolded(_ character: Character) -> Bool {
        character.isASCII && (character.isLowercase || character.isNumber)
    }

    private static func texts(_ node: YAMLNode?) throws(Failure) -> [String] {
        var texts: [String] = []
        guard let node else { return texts }
        for item in try node.list() { texts.append(try item.string()) }
        return texts
    }

    private static func channel(_ node: YAMLNode) throws(Failure) -> Channel {
        guard node.isMapping else { return .fixed(try channelName(node)) }
        let parts = try node.mapping(allowed: ["from", "otherwise"])
        _ = try parts.required("from").name(among: ["carrier"])
        return .carrier(otherwise: try channelName(parts.required("otherwise")))
    }

    static func channelName(_ node: YAMLNode) throws(Failure) -> String {
        let name = try node.string()
        guard !name.isEmpty, name.utf8.count <= 50, name.allSatisfy({ isFolded($0) || $0 == "_" }) else {
            throw Failure(
                .configInvalid, "“\(name)” can't name a channel.", at: node.location,
                advice: "Use lower-case letters, digits and _.")
        }
        return name
    }

    private static func due(
        _ node: YAMLNode?, needed: Bool, at location: Location
    ) throws(Failure) -> (Int, DueAfter) {
        guard let node else {
            guard !needed else {
                throw Failure(
                    .configMissingKey, "The mapping doesn't say when a settlement is due.", at: location,
                    advice: "Add `due: {business_days: 5, after: capture}`.")
            }
            return (0, .capture)
        }
        let due = try node.mapping(allowed: ["business_days", "after"])
        let days = try due.required("business_days").count(atLeast: 0)
        guard days <= 250 else {
            throw Failure(
                .configInvalid, "A settlement can be due after 250 business days at most.", at: due.location)
        }
        let after = try due.required("after").name(among: DueAfter.allCases.map(\.rawValue))
        return (days, DueAfter(rawValue: after) ?? .capture)
    }
}
