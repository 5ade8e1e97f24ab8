import Configuration
import Diagnostics
import Foundation
import Postgres
import Reconciliation
import TestSupport
import Testing

/// config/gateways/jazzcash.yml and config/settlements/jazzcash.yml: every response code, both levels of an inquiry, and
/// a settlement file whose amounts have no sign.
@Suite("JazzCash")
struct JazzCashTests {
    private func mapping() throws -> GatewayMapping {
        try GatewayMapping.load(file: "\(Bench.root)/config/gateways/jazzcash.yml")
    }

    /// What the mapping reads of each answer: `status amount refunded currency absent`, `-` for NULL.
    private func read(_ answers: [String], _ columns: [String]) throws -> [String] {
        let reading = try #require(try mapping().compiledSQL)
        return try TestDatabase.withDatabase { (connection: Connection) in
            try connection.script("CREATE TEMPORARY TABLE recon_run AS SELECT 'Asia/Karachi'::text AS time_zone")
            return try answers.map { answer in
                let row = try #require(
                    try connection.query(
                        Statement(
                            "WITH answers AS (SELECT 1 AS payment_id, $1::jsonb AS response) \(reading)",
                            [.json(answer)])
                    ).first)
                return try columns.map { try row.optionalText($0) ?? "-" }.joined(separator: " ")
            }
        }
    }

    private static func transaction(_ code: String, amount: String = "12550000") -> String {
        """
        {"pp_Version": "1.1", "pp_TxnType": "MWALLET", "pp_Amount": "\(amount)", "pp_AuthCode": "",
         "pp_BillReference": "ORD-1", "pp_ResponseCode": "\(code)", "pp_ResponseMessage": "…",
         "pp_RetreivalReferenceNo": "260105396548", "pp_TxnCurrency": "PKR", "pp_TxnDateTime": "20260105013000",
         "pp_TxnRefNo": "T20260105013000", "pp_DiscountedAmount": ""}
        """
    }

    private static func inquiry(_ code: String, status: String = "Completed") -> String {
        """
        {"pp_AuthCode": "", "pp_PaymentResponseCode": "\(code)", "pp_PaymentResponseMessage": "…",
         "pp_ResponseCode": "000", "pp_ResponseMessage": "The requested operation has been performed successfully.",
         "pp_RetrievalReferenceNo": "260105396548", "pp_SettlementDate": "", "pp_Status": "\(status)"}
        """
    }

    /// JazzCash's table of response codes, by what each says of a payment.
    private static let codes: [(status: String, codes: String)] = [
        ("captured", "000 121"), ("pending", "119 124 157 210 417"), ("authorized", "200"), ("refunded", "131"),
        ("disputed", "126 128"), ("cancelled", "112 116 122 410 412"),
        (
            "failed",
            """
            001 002 003 004 014 015 016 024 059 060 063 066 067 095 101 102 103 104 105 106 107 108 110 111 113 115 117 118
            127 129 135 402 404 405 408 409 411 414 415 416 419 421 422 423 424 425 426 430 453 999
            """
        ),
        ("unknown", "055 058 062 109 120 125 132 134 199 401 403 406 407 429 431 432 451 452 454 455"),
    ]

    @Test("every response code has one meaning, in a transaction and inside an inquiry")
    func everyCode() throws {
        let codes = Self.codes.flatMap { entry in
            entry.codes.split(whereSeparator: \.isWhitespace).map { (code: String($0), status: entry.status) }
        }
        #expect(codes.count == 86)
        #expect(Set(codes.map(\.code)).count == 86)
        let answers = codes.map { Self.transaction($0.code) } + codes.map { Self.inquiry($0.code) }
        let statuses = try read(answers, ["status"])
        #expect(statuses == codes.map(\.status) + codes.map(\.status))
    }

    @Test("amounts are paisa as text; an answer without one is readable, a wrong one is not")
    func amounts() throws {
        let read = try read(
            [
                Self.transaction("000"), Self.transaction("131"), Self.transaction("000", amount: "10000.00"),
                Self.transaction("000", amount: "Rs 5"), Self.inquiry("121"),
                // The hosted page leaves the currency out.
                #"{"pp_ResponseCode": "000", "pp_Amount": "10000", "pp_TxnRefNo": "T1"}"#,
                #"{"pp_ResponseCode": "000", "pp_Amount": "10000", "pp_TxnCurrency": "RS"}"#,
                #"{"pp_ResponseCode": "000", "pp_Amount": 10000, "pp_TxnCurrency": "PKR"}"#,
            ], ["status", "amount", "refunded", "currency", "amount_absent"])
        #expect(
            read == [
                "captured 125500.00 - PKR f", "refunded 125500.00 125500.00 PKR f", "captured - - PKR f",
                "captured - - PKR f", "captured - - PKR t", "captured 100.00 - PKR f", "captured 100.00 - - f",
                "captured - - PKR f",
            ])
    }

    @Test("the level at which an inquiry says 000 is not the payment's")
    func levels() throws {
        let statuses = try read(
            [
                Self.inquiry("157", status: "Pending"), Self.inquiry("", status: ""), Self.inquiry("777"),
                // An older inquiry has the payment's code outside.
                #"{"pp_ResponseCode": "121", "pp_Status": "Completed"}"#,
                // What answers a refund says nothing of the payment.
                #"{"pp_ResponseCode": "000", "pp_ResponseMessage": "successful", "pp_SecureHash": ""}"#,
                // Retrieving a card payment answers without any code.
                #"{"status": "", "rrn": "992837465012", "settlementDate": ""}"#,
                // A number is not the code, and a code that the table lacks is nothing.
                #"{"pp_ResponseCode": 0, "pp_Amount": "100"}"#, Self.transaction("777"),
            ], ["status"])
        #expect(statuses == ["pending", "unknown", "-", "captured", "unknown", "-", "-", "-"])
    }

    @Test("the retrieval reference is read in both spellings, beside the merchant's own reference only")
    func references() throws {
        let read = try read(
            [
                Self.transaction("000"),
                Self.transaction("000").replacing("pp_RetreivalReferenceNo", with: "pp_RetrievalReferenceNo"),
                Self.inquiry("121"),
            ], ["transaction_id", "other_transaction_id", "merchant_reference", "captured_at"])
        let whole = "T20260105013000 260105396548 ORD-1 2026-01-04 20:30:00+00"
        #expect(read == [whole, whole, "- - - -"])
    }

    // MARK: Settlement

    private static let header =
        "Processing Date,Batch Number,Merchant Number,RRN,Txn Ref No,Bill Reference,Currency Code,Transaction Date,"
        + "Transaction Time,Transaction Type,D/C,Transaction Amount,MDR,FED Amount,WHT Amount,Net Amount"

    private static func row(
        _ type: String, _ sign: String = "C", amount: String = "1000.00", mdr: String = "20.00", fed: String = "3.20",
        wht: String = "10.00", net: String = "966.80", reference: String = "T1", order: String = "ORD-1"
    ) -> String {
        "26/06/05,JC-77,MC12345,260601000001,\(reference),\(order),586,26/06/01,13:05:00,\(type),\(sign),\(amount),"
            + "\(mdr),\(fed),\(wht),\(net)"
    }

    @Test("D turns amount and net, what is taken off is never signed; numbers name currencies, years have two digits")
    func settlement() throws {
        try Bench.with { bench in
            let text = [
                Self.header, Self.row("SALE"),
                Self.row("REFUND", "D", amount: "200.00", mdr: "0.00", fed: "0.00", wht: "0.00", net: "200.00"),
                Self.row("SETTLEMENT", "D", amount: "766.80", mdr: "0", fed: "0", wht: "0", net: "766.80", order: ""),
            ].joined(separator: "\n")
            guard case .imported(let statement) = try bench.importFile(try bench.write("jc.csv", text), as: "jazzcash")
            else { throw Failure(.internalError, "not imported") }
            #expect(
                statement.totals.map { "\($0.lineType) \($0.currency) \($0.gross) \($0.deductions) \($0.net)" } == [
                    "charge PKR 1000.00 33.20 966.80", "payout PKR -766.80 0.00 -766.80",
                    "refund PKR -200.00 0.00 -200.00",
                ])
            #expect(
                try bench.text("SELECT concat_ws(' ', settled_at, captured_at) FROM mainspring.lines WHERE line_no = 2")
                    == "2026-06-04 19:00:00+00 2026-05-31 19:00:00+00")
        }
    }

    @Test("a sign, a currency or a type that is not mapped refuses the file; so does an amount with its own sign")
    func refused() throws {
        try Bench.with { bench in
            for (old, new, column, reason) in [
                (",C,", ",X,", "D/C", "is not a sign that is mapped"), (",C,", ",,", "D/C", "is empty"),
                (",586,", ",999,", "Currency Code", "is not a currency"),
                (",586,", ",PKR,", "Currency Code", "is not a currency"),
                (",586,", ",414,", "Currency Code", "is not a currency"),
                ("SALE", "SELL", "Transaction Type", "does not map"),
                (",1000.00,", ",-1000.00,", "Transaction Amount", "is not an amount without a sign such as 1250.00"),
                ("26/06/05", "26/02/30", "Processing Date", "is not a date written yy/MM/dd"),
            ] {
                let row = Self.row("SALE").replacing(old, with: new, maxReplacements: 1)
                let path = try bench.write("bad.csv", "\(Self.header)\n\(row)\n")
                let failure = #expect(throws: Failure.self) { try bench.importFile(path, as: "jazzcash") }
                #expect(failure?.message.contains("line 2, column “\(column)”") == true, "\(failure?.message ?? "")")
                #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
            }
        }
    }

    @Test("a payment, the answer to its inquiry and its settlement agree")
    func agrees() throws {
        try Bench.with { bench in
            try bench.order(1, at: "2026-06-01 08:00:00")
            try bench.payment(1, order: 1, gateway: "JazzCash", transaction: "T1", answer: Self.inquiry("121"))
            let text = [
                Self.header, Self.row("SALE"),
                Self.row("SETTLEMENT", "D", amount: "966.80", mdr: "0", fed: "0", wht: "0", net: "966.80", order: ""),
            ].joined(separator: "\n")
            try bench.importFile(try bench.write("jc.csv", text), as: "jazzcash")
            #expect(try bench.reconcile().isComplete)
            #expect(try bench.openBreaks() == [])
        }
    }
}
