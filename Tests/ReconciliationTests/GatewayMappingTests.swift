import Configuration
import Diagnostics
import Postgres
import Reconciliation
import TestSupport
import Testing

/// docs/adding-a-gateway.md: what each shape of an answer means, and that no answer can stop a night.
@Suite("A gateway is a file")
struct GatewayMappingTests {
    /// What a mapping reads of one answer: `status amount refunded currency reference`, `-` for NULL.
    private func read(_ answer: String, _ mapping: GatewayMapping, on connection: Connection) throws -> String {
        let reading = try #require(mapping.compiledSQL)
        let row = try #require(
            try connection.query(
                Statement(
                    "WITH answers AS (SELECT 1 AS payment_id, $1::jsonb AS response) \(reading)", [.json(answer)])
            ).first)
        return try ["status", "amount", "refunded", "currency", "merchant_reference"].map {
            try row.optionalText($0) ?? "-"
        }.joined(separator: " ")
    }

    private func stripe() throws -> GatewayMapping {
        try GatewayMapping.load(file: "\(Bench.root)/config/gateways/stripe.yml")
    }

    /// The moments of a template in business time look at the run's zone.
    private func prepare(_ connection: Connection) throws {
        try connection.script("CREATE TEMPORARY TABLE recon_run AS SELECT 'Asia/Karachi'::text AS time_zone")
    }

    @Test("every state of a Stripe charge and payment intent")
    func states() throws {
        let charge = #""object": "charge", "id": "ch_1", "currency": "pkr", "created": 1780300000, "amount": 12550000"#
        let intent = #""object": "payment_intent", "id": "pi_1", "currency": "PKR", "amount": 12550000"#
        let cases = [
            (
                #"\#(charge), "amount_captured": 12550000, "amount_refunded": 0, "captured": true, "refunded": false, "status": "succeeded", "metadata": {"order_number": "ORD-1"}"#,
                "captured 125500.00 0.00 PKR ORD-1"
            ),
            // A capture below the authorization.
            (
                #"\#(charge), "amount_captured": 12000000, "captured": true, "refunded": false, "status": "succeeded""#,
                "captured 120000.00 - PKR -"
            ),
            (
                #"\#(charge), "amount_captured": 12550000, "amount_refunded": 550000, "captured": true, "refunded": false, "status": "succeeded""#,
                "partially_refunded 125500.00 5500.00 PKR -"
            ),
            (
                #"\#(charge), "amount_captured": 12550000, "amount_refunded": 12550000, "captured": true, "refunded": true, "status": "succeeded""#,
                "refunded 125500.00 125500.00 PKR -"
            ),
            (
                #"\#(charge), "amount_captured": 12550000, "amount_refunded": 0, "captured": true, "disputed": true, "refunded": false, "status": "succeeded""#,
                "disputed 125500.00 0.00 PKR -"
            ),
            (
                #"\#(charge), "amount_captured": 0, "captured": false, "status": "failed""#,
                "failed 125500.00 - PKR -"
            ),
            (
                #"\#(charge), "amount_captured": 0, "captured": false, "status": "succeeded""#,
                "authorized 125500.00 - PKR -"
            ),
            (#"\#(charge), "captured": true, "status": "pending""#, "pending 125500.00 - PKR -"),
            (#"\#(intent), "amount_received": 12550000, "status": "succeeded""#, "captured 125500.00 - PKR -"),
            (
                #"\#(intent), "amount_received": 12550000, "status": "succeeded", "latest_charge": {"refunded": true, "amount_refunded": 12550000}"#,
                "refunded 125500.00 125500.00 PKR -"
            ),
            (#"\#(intent), "amount_received": 0, "status": "processing""#, "pending 125500.00 - PKR -"),
            (#"\#(intent), "status": "requires_capture""#, "authorized 125500.00 - PKR -"),
            (#"\#(intent), "status": "canceled""#, "cancelled 125500.00 - PKR -"),
            (
                #"\#(intent), "status": "requires_payment_method", "last_payment_error": {"code": "card_declined"}"#,
                "failed 125500.00 - PKR -"
            ),
            (
                #"\#(intent), "status": "requires_payment_method", "last_payment_error": null"#,
                "pending 125500.00 - PKR -"
            ),
            // A word that no rule knows is unreadable, never a guess.
            (#"\#(charge), "captured": true, "status": "settled""#, "- 125500.00 - PKR -"),
        ]
        let mapping = try stripe()
        try TestDatabase.withDatabase { (connection: Connection) in
            for (answer, expected) in cases {
                let read = try read("{\(answer)}", mapping, on: connection)
                #expect(read == expected, "\(answer)")
            }
        }
    }

    @Test("minor units follow ISO 4217 and the gateway's exceptions; what is not exact is not read")
    func units() throws {
        let mapping = try stripe()
        try TestDatabase.withDatabase { (connection: Connection) in
            for (amount, currency, expected) in [
                ("500", "jpy", "500.00"), ("5120", "kwd", "5.12"), ("5123", "kwd", "-"),
                ("12550000", "usd", "125500.00"),
                ("12550000", "isk", "125500.00"), ("12550000", "xyz", "-"), ("12550000.5", "pkr", "-"),
                ("1e3", "pkr", "10.00"),
                ("-100", "pkr", "-"), ("99999999999999", "pkr", "999999999999.99"), ("100000000000000", "pkr", "-"),
                ("1000000000000", "jpy", "-"), ("0", "pkr", "0.00"), (#""100""#, "pkr", "-"), ("1e400", "pkr", "-"),
            ] {
                let answer =
                    #"{"object": "charge", "status": "failed", "amount": \#(amount), "currency": "\#(currency)"}"#
                let read = try read(answer, mapping, on: connection).split(separator: " ")
                #expect(String(read[1]) == expected, "\(amount) \(currency)")
            }
        }
    }

    @Test("a second id of the same payment is read where it is a text, expanded or not")
    func otherIdentity() throws {
        let reading = try #require(try stripe().compiledSQL)
        try TestDatabase.withDatabase { (connection: Connection) in
            for (answer, expected) in [
                (#"{"id": "ch_1", "payment_intent": "pi_1"}"#, "ch_1 pi_1"),
                (#"{"id": "ch_1", "payment_intent": {"id": "pi_2"}}"#, "ch_1 pi_2"),
                (#"{"id": "pi_1", "latest_charge": "ch_3"}"#, "pi_1 ch_3"),
                (#"{"id": "pi_1", "latest_charge": {"id": "ch_4", "refunded": true}}"#, "pi_1 ch_4"),
                (#"{"id": "ch_1", "payment_intent": null}"#, "ch_1 -"),
                (#"{"id": "ch_1", "payment_intent": ["pi_1"]}"#, "ch_1 -"), (#"{"id": "ch_1"}"#, "ch_1 -"),
            ] {
                let row = try connection.query(
                    Statement(
                        "WITH answers AS (SELECT 1 AS payment_id, $1::jsonb AS response) \(reading)", [.json(answer)])
                ).first
                let read = try ["transaction_id", "other_transaction_id"].map { try row?.optionalText($0) ?? "-" }
                #expect(read.joined(separator: " ") == expected, "\(answer)")
            }
        }
    }

    @Test("no JSON whatever raises an error", arguments: [20_261_124, 7])
    func fuzz(seed: UInt64) throws {
        let mappings = try [
            stripe(), GatewayMapping.load(file: "\(Bench.root)/config/gateways/jazzcash.yml"),
            GatewayMapping(YAMLNode.parse(text: Self.everyKind, file: "every.yml")),
        ]
        var maker = JSONMaker(seed: seed)
        try TestDatabase.withDatabase { (connection: Connection) in
            try prepare(connection)
            try connection.script(
                "CREATE TABLE answer (payment_id integer GENERATED ALWAYS AS IDENTITY, response jsonb)")
            try connection.copyIn("COPY answer (response) FROM STDIN") { writer in
                for _ in 0..<4000 {
                    try writer.append(field: maker.answer())
                    try writer.endRow()
                }
            }
            for mapping in mappings {
                let reading = try #require(mapping.compiledSQL)
                var readable = 0
                let rows = try connection.query(
                    Statement(
                        "WITH answers AS (SELECT payment_id, response FROM answer) SELECT count(*) AS answers, count(status) AS statuses, count(amount) AS amounts, max(amount) AS largest, count(captured_at) AS moments FROM (\(reading)) AS read"
                    ))
                for row in rows {
                    readable += try row.int("amounts")
                    #expect(try row.int("answers") == 4000, "seed \(seed)")
                    #expect(try (Double(row.optionalText("largest") ?? "0") ?? 0) < 1e12, "seed \(seed)")
                }
                #expect(readable > 0, "the generator makes nothing that can be read; seed \(seed)")
            }
        }
    }

    /// Every unit, kind of moment and condition that a mapping can have.
    private static let everyKind = """
        gateway: every
        title: Every kind
        names: [every]
        channel: every
        statement: none
        answer: expected
        fields:
          transaction_id: {paths: [id, metadata.id, refunds.data.0.id]}
          currency: {paths: [currency, {path: metadata.currency, when: {object: charge}}]}
          amount: {unit: decimal, paths: [amount, metadata.amount]}
          refunded_amount: {unit: hundredths, json: text, paths: [amount_refunded, amount]}
          captured_at: {format: "dd/MM/yyyy HH:mm", zone: business, paths: [created, metadata.created]}
          refunded_at: {format: epoch_milliseconds, paths: [created]}
          merchant_reference: {paths: [metadata.order_number]}
        status:
          - {is: captured, when: {status: succeeded, amount: {above: 5}}}
          - {is: failed, when: {status: [failed, "", ~]}}
          - {is: pending, when: {metadata.order_number: {present: true}}}
          - {is: unknown, when: {status: {present: false}}}
        """

    @Test("nothing in a mapping file becomes SQL")
    func injection() throws {
        let evil = #"x', 'y'); DROP TABLE victim; -- \"#
        let text = """
            gateway: evil
            title: Evil
            names: [evil]
            channel: evil
            statement: none
            answer: expected
            fields:
              transaction_id: {paths: ["\(evil.replacing("\\", with: "\\\\"))", 'a"b}.c,d{', "'' OR TRUE"]}
              currency: {paths: ["currency'::text) ; SELECT 1; --"]}
              amount: {unit: minor, paths: ["amount'"]}
              captured_at: {format: "yyyy-MM-dd'HH:mm:ss", paths: ["it's"]}
            status:
              - {is: captured, when: {"sta'tus": "o'k'; DROP TABLE victim; --"}}
              - {is: failed, when: {"a\\\\'b": ["x'y", "$$", ":name", ":'name'"]}}
            """
        let mapping = try GatewayMapping(YAMLNode.parse(text: text, file: "evil.yml"))
        try TestDatabase.withDatabase { (connection: Connection) in
            try connection.script("CREATE TABLE victim (n integer)")
            let read = try read(#"{"sta'tus": "o'k'; DROP TABLE victim; --", "amount'": 5}"#, mapping, on: connection)
            #expect(read == "captured - - - -")
            #expect(try connection.query("SELECT count(*) AS n FROM victim").first?.int("n") == 0)
        }
    }

    @Test("a mapping that says something wrong is refused, with its place")
    func refused() throws {
        let good = """
            gateway: g
            title: G
            names: [g]
            channel: g
            statement: none
            answer: expected
            fields: {currency: {constant: PKR}, amount: {unit: decimal, paths: [a]}}
            status: [{is: captured, when: {s: ok}}]
            """
        _ = try GatewayMapping(YAMLNode.parse(text: good, file: "g.yml"))
        for (old, new, code) in [
            ("statement: none", "statement: maybe", ErrorCode.configInvalid),
            ("unit: decimal", "unit: paisa", .configInvalid),
            ("is: captured", "is: done", .configInvalid),
            ("channel: g", "chanel: g", .configUnknownKey),
            ("names: [g]", "names: [G-Pay]", .configInvalid),
            ("names: [g]", "names: []", .configMissingKey),
            ("statement: none", "statement: expected", .configMissingKey),
            ("constant: PKR", "constant: PKK", .configInvalid),
            ("paths: [a]", "paths: [a..b]", .configInvalid),
            ("paths: [a]", "paths: []", .configInvalid),
            ("when: {s: ok}", "when: {}", .configInvalid),
            ("channel: g", "channel: Big Bank", .configInvalid),
        ] {
            let text = good.replacing(old, with: new)
            let failure = #expect(throws: Failure.self, "\(new)") {
                try GatewayMapping(YAMLNode.parse(text: text, file: "g.yml"))
            }
            #expect(failure?.code == code, "\(new)")
            guard case .file("g.yml", _?, _?)? = failure?.location else {
                Issue.record("\(new) has no place")
                continue
            }
        }
    }

    @Test("two mappings may not claim the same payments")
    func claims() throws {
        let text = "gateway: NAME\ntitle: T\nnames: [g]\nchannel: g\nstatement: none\nanswer: none\n"
        let mappings = try ["a", "b"].map {
            try GatewayMapping(YAMLNode.parse(text: text.replacing("NAME", with: $0), file: "\($0).yml"))
        }
        #expect(throws: Failure.self) { try ChannelCatalogue(gateways: mappings, settlements: []) }
    }
}

/// Answers as no gateway would give them, and some as it might: from a seed, so that a failure can be run again.
struct JSONMaker {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func answer() -> String { next(8) == 0 ? value(0) : object(0) }

    private mutating func object(_ depth: Int) -> String {
        let keys = [
            "id", "object", "amount", "amount_captured", "amount_received", "amount_refunded", "captured", "refunded",
            "disputed", "created", "currency", "status", "metadata", "order_number", "latest_charge", "refunds", "data",
            "last_payment_error", "payment_intent", "pp_Amount", "pp_ResponseCode", "pp_PaymentResponseCode",
            "pp_TxnRefNo",
            "pp_TxnDateTime", "pp_TxnCurrency", "pp_RetreivalReferenceNo", "pp_Status",
        ]
        let entries = (0..<(4 + next(24))).map { _ in
            let key = keys[next(keys.count)]
            return "\"\(key)\": \(likely(key, depth) ?? value(depth + 1))"
        }
        return "{" + entries.joined(separator: ", ") + "}"
    }

    /// Often what a gateway would put there, so that every branch is reached.
    private mutating func likely(_ key: String, _ depth: Int) -> String? {
        guard next(3) > 0 else { return nil }
        switch key {
        case "object": return ["\"charge\"", "\"payment_intent\""][next(2)]
        case "status": return ["\"succeeded\"", "\"failed\"", "\"pending\"", "\"processing\"", "\"canceled\""][next(5)]
        case "captured", "refunded", "disputed": return ["true", "false"][next(2)]
        case "currency": return ["\"pkr\"", "\"USD\"", "\"jpy\"", "\"kwd\"", "\"pkrs\"", "\"€\""][next(6)]
        case "created":
            return ["1780300000", "\"30/02/2026 10:00\"", "\"28/02/2026 10:00\"", "\"99/99/9999 99:99\""][next(4)]
        case "pp_ResponseCode", "pp_PaymentResponseCode": return ["\"000\"", "\"121\"", "\"157\"", "\"\""][next(4)]
        case "pp_TxnDateTime": return ["\"20260230000000\"", "\"20260105013000\"", "\"2026 0105013000\""][next(3)]
        case "pp_TxnCurrency": return ["\"PKR\"", "\"\"", "\"rupees\""][next(3)]
        case "amount", "amount_captured", "amount_refunded", "pp_Amount":
            return ["12550000", "\"12550000\"", "125.50", "0"][next(4)]
        case "metadata", "latest_charge", "refunds": return depth < 3 ? object(depth + 1) : nil
        default: return nil
        }
    }

    private mutating func value(_ depth: Int) -> String {
        switch next(depth > 3 ? 12 : 14) {
        case 0: "null"
        case 1: "true"
        case 2: "-\(next(1_000_000))"
        case 3: "1e400"
        case 4: "-1e-400"
        case 5: "1" + String(repeating: "0", count: next(2000))
        case 6: "0." + String(repeating: "3", count: 1 + next(500))
        case 7: "\"\(String(repeating: "9", count: next(400)))\""
        case 8:
            ["\"2026-02-30\"", "\"2026-13-01T25:00:00Z\"", "\"NaN\"", "\"Infinity\"", "\"1e5\"", "\" 12 \""][next(6)]
        case 9:
            ["\"'; DROP TABLE x; --\"", "\"\\u0627\\u0631\\u062f\\u0648\"", "\"\\ud83d\\ude00\"", "\"\\n\\t\\\\\""][
                next(4)]
        case 10: "\"\""
        case 11: "\(next(1_000_000_000)).\(next(100))"
        case 12: "[" + (0..<next(4)).map { _ in value(depth + 1) }.joined(separator: ", ") + "]"
        default: object(depth + 1)
        }
    }
}
