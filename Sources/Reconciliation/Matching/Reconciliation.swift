import Diagnostics
import Money
import Postgres

/// One reconciliation under way: its stages in order, and what they counted. The work is in the SQL files.
struct Reconciliation {
    private let reconciler: Reconciler
    private let run: ReconciliationRun
    private let connection: Connection
    /// Whether it writes what it finds; one that explains does not, and keeps the rules that do not hold, too.
    private let books: Bool
    private var everything = true
    /// Whether the running balances are counted afresh.
    private var recounts = true
    /// More changed rows than these, and the planner is told before the reports are read.
    private static let manyRows = 100_000
    private(set) var outcome: ReconciliationOutcome

    init(reconciler: Reconciler, run: ReconciliationRun, connection: Connection, books: Bool = true) throws {
        self.books = books
        self.reconciler = reconciler
        self.run = run
        self.connection = connection
        outcome = ReconciliationOutcome(businessDate: run.businessDate)
    }

    // MARK: Stages

    /// Decides what is looked at: what changed, or everything the first time.
    mutating func scope() throws {
        let sql = try begin()
        if everything {
            _ = try connection.query(try sql["settings-everything"].bind())
            outcome.orders = try count(sql, "scope-everything")
            outcome.lines = try count(sql, "line-scope-everything")
        } else {
            outcome.lines = try count(sql, "line-scope-changed")
            outcome.orders = try count(sql, "scope-changed")
            outcome.lines += try count(sql, "lines-of-scope") + count(sql, "payout-lines-of-scope")
        }
        try fill(sql)
    }

    /// Looks at what `choose` puts into the tables of the scope, and at the lines that go with it.
    mutating func scope(_ choose: () throws -> Void) throws {
        let sql = try begin()
        try choose()
        _ = try count(sql, "lines-of-scope") + count(sql, "payout-lines-of-scope")
        try fill(sql)
    }

    /// The run's own row and the empty tables of the scope.
    private mutating func begin() throws -> SQLLibrary {
        let sql = try Self.library(PackageResources.recon_scope_sql, "recon_scope.sql")
        let isolation = try connection.query(try sql["isolation"].bind()).first?.text("isolation")
        guard isolation == "repeatable read" || isolation == "serializable" else {
            throw Failure(
                .internalError, "A reconciliation needs one snapshot, and its transaction is \(isolation ?? "unknown")."
            )
        }
        _ = try connection.query(try sql["settings"].bind())
        try run(sql, "drop-leftovers", "run-table")
        try connection.execute(
            try sql["run"].bind([
                "run_id": .int(run.runID), "business_date": .date(run.businessDate.description),
                "cut_off": .timestamptz(run.cutOff), "time_zone": .text(run.timeZone), "os_user": .text(run.osUser),
                "resolves": .bool(run.resolves), "full": .bool(run.full),
                "overlap_seconds": .int(Reconciler.overlapSeconds), "weekend": .intArray(reconciler.weekend),
            ]))
        guard let facts = try connection.query(try sql["run-facts"].bind()).first else {
            throw Failure(.internalError, "The run's own row is missing.")
        }
        everything = try facts.bool("everything")
        recounts = try facts.bool("recounts")
        outcome.businessDate = try BusinessDate(facts.text("business_date"))
        try run(sql, "line-types", "analyze-run", "scope-tables")
        return sql
    }

    private func fill(_ sql: SQLLibrary) throws {
        try run(sql, "analyze-scope", "carriers", "orders", "items", "lines", "analyze-working-set")
    }

    /// Reads the payments and the answers of their gateways.
    mutating func canonical() throws {
        let sql = try Self.library(PackageResources.recon_canonical_sql, "recon_canonical.sql")
        try run(sql, "mapping-tables", "holidays")
        try terms()
        for gateway in reconciler.catalogue.gateways { try declare(gateway, sql) }
        let couriers = reconciler.catalogue.settlements.filter { $0.counterparty == .courier }.map(\.channel)
        try connection.execute(try sql["couriers"].bind(["channels": .textArray(couriers)]))
        let holidays = reconciler.holidays.map { Optional($0.description) }
        try connection.execute(try sql["holiday-list"].bind(["holidays": .textArray(holidays)]))
        try run(sql, "gateways", "payments", "analyze-payments")
        for gateway in reconciler.catalogue.gateways {
            guard let reading = gateway.compiledSQL else { continue }
            let source = try sql["answers-in-scope"].literal(["mapping": .text(gateway.name)])
            let columns =
                "payment_id, transaction_id, status, amount, refunded, currency, captured_at, refunded_at,"
                + " merchant_reference, other_transaction_id, amount_absent"
            try connection.execute(
                Statement(
                    "INSERT INTO recon_answer (\(columns)) WITH answers AS (\(source))\n\(reading)",
                    name: "answers of \(gateway.name)"))
        }
        try run(sql, "analyze-answers", "canonical", "calendar", "analyze-canonical")
        outcome.payments = try connection.query(try sql["payment-count"].bind()).first?.int("payments") ?? 0
    }

    /// Writes down what the configuration agrees with each channel.
    private mutating func terms() throws {
        let sql = try Self.library(PackageResources.recon_terms_sql, "recon_terms.sql")
        try run(sql, "tables")
        var declared: Set<String> = []
        for settlement in reconciler.catalogue.settlements where declared.insert(settlement.channel).inserted {
            let channel = SQLValue.text(settlement.channel)
            try connection.execute(
                try sql["settlement"].bind([
                    "channel": channel, "counterparty": .text(settlement.counterparty.rawValue),
                    "by_lines": .bool(settlement.payoutsByLines), "paid_days": .days(settlement.paidDays),
                    "banked_days": .days(settlement.bankedDays),
                    "returned_fee": settlement.returnedFee.map { .numeric($0) } ?? .null,
                    "judges_taxes": .bool(settlement.judgesTaxes),
                ]))
            let fees = settlement.fees
            try connection.execute(
                try sql["fees"].bind([
                    "channel": channel, "currencies": .textArray(fees.map(\.currency)),
                    "froms": .textArray(fees.map(\.from.description)), "percents": .numericArray(fees.map(\.percent)),
                    "fixed": .numericArray(fees.map(\.fixed)),
                ]))
        }
        let taxes = reconciler.catalogue.taxes
        try connection.execute(
            try sql["taxes"].bind([
                "channels": .textArray(taxes.map(\.channel)), "kinds": .textArray(taxes.map(\.kind.rawValue)),
                "froms": .textArray(taxes.map(\.from.description)), "percents": .numericArray(taxes.map(\.percent)),
            ]))
        let rates = reconciler.catalogue.rates
        try connection.execute(
            try sql["rates"].bind([
                "bases": .textArray(rates.map(\.base)), "quotes": .textArray(rates.map(\.quote)),
                "froms": .textArray(rates.map(\.from.description)), "rates": .numericArray(rates.map(\.rate)),
                "tolerances": .numericArray(rates.map(\.tolerancePercent)),
            ]))
        _ = try write(sql, "channels")
    }

    private func declare(_ gateway: GatewayMapping, _ sql: SQLLibrary) throws {
        let (channel, byCarrier) =
            switch gateway.channel {
            case .fixed(let name): (name, false)
            case .carrier(let name): (name, true)
            }
        try connection.execute(
            try sql["mapping"].bind([
                "mapping": .text(gateway.name), "channel": .text(channel), "by_carrier": .bool(byCarrier),
                "answers": .bool(gateway.answers), "settles": .bool(gateway.settles),
                "settles_refunds": .bool(gateway.settlesRefunds), "due_days": .int(gateway.dueDays),
                "due_from": .text(gateway.dueAfter.rawValue),
            ]))
        try connection.execute(
            try sql["mapping-names"].bind([
                "mapping": .text(gateway.name), "names": .textArray(gateway.names),
            ]))
        try connection.execute(
            try sql["mapping-methods"].bind([
                "mapping": .text(gateway.name), "methods": .textArray(gateway.paymentMethods),
            ]))
    }

    /// Finds the payment of each line.
    mutating func match() throws {
        let sql = try Self.library(PackageResources.recon_match_sql, "recon_match.sql")
        try run(
            sql, "match-by-transaction", "analyze-match", "match-one-currency", "match-by-reference",
            "match-by-tracking", "matched")
        outcome.matches = try write(sql, "book-matches")
    }

    /// Appends money events: the ledger's changes and the new lines' components.
    mutating func events() throws {
        let sql = try Self.library(PackageResources.recon_events_sql, "recon_events.sql")
        try run(sql, "ledger-wanted", "ledger-event-table", "known-ledger-events", "ledger-had", "analyze-ledger")
        outcome.events = try write(sql, "ledger-events")
        try run(sql, "line-event-table", "known-line-events")
        outcome.events += try write(sql, "line-events")
        try run(sql, "analyze-events", "events")
    }

    /// Puts the sides next to each other, and says what is a break.
    mutating func judge() throws {
        let facts = try Self.library(PackageResources.recon_facts_sql, "recon_facts.sql")
        try run(facts, "tolerance-table")
        let tolerances = reconciler.catalogue.settlements.flatMap { settlement in
            settlement.tolerances.sorted { $0.key < $1.key }.map { (settlement.channel, $0.key, $0.value) }
        }
        try connection.execute(
            try facts["tolerances"].bind([
                "channels": .textArray(tolerances.map(\.0)), "currencies": .textArray(tolerances.map(\.1)),
                "tolerances": .numericArray(tolerances.map(\.2)),
            ]))
        try run(facts, "totals", "refunds-not-due", "analyze-totals", "facts")
        let all: [String: SQLValue] = ["all": .bool(!books)]
        try connection.execute(try facts["flagged"].bind(all))
        try run(facts, "analyze-facts")
        let payouts = try Self.library(PackageResources.recon_payouts_sql, "recon_payouts.sql")
        try run(payouts, "banked", "payouts")
        outcome.payouts =
            try write(payouts, "changed-payouts") + write(payouts, "gone-payouts")
            + write(payouts, "new-payouts")
        let verdicts = try Self.library(PackageResources.recon_verdicts_sql, "recon_verdicts.sql")
        try run(verdicts, "found-table")
        try connection.execute(try verdicts["conditions"].bind(all))
        try run(verdicts, "payment-roots", "causes", "roots", "payments")
        let orders = try Self.library(PackageResources.recon_order_verdicts_sql, "recon_order_verdicts.sql")
        try run(
            orders, "order-dues", "order-money", "analyze-order-money", "order-payment-roots", "order-currency-roots",
            "order-duplicates", "order-conditions", "orders")
        let lines = try Self.library(PackageResources.recon_line_verdicts_sql, "recon_line_verdicts.sql")
        try run(lines, "suggestions", "line-breaks", "charges", "charge-breaks")
        let payoutVerdicts = try Self.library(PackageResources.recon_payout_verdicts_sql, "recon_payout_verdicts.sql")
        try run(payoutVerdicts, "state", "payout-breaks", "bank-breaks")
        let consequences = try Self.library(PackageResources.recon_consequences_sql, "recon_consequences.sql")
        try run(
            consequences, "broken-lines", "analyze", "line-links", "charge-links", "payment-links", "order-links",
            "payout-links", "tops", "follow", "carry")
    }

    /// Puts each event into its bucket.
    mutating func allocate() throws {
        let sql = try Self.library(PackageResources.recon_allocations_sql, "recon_allocations.sql")
        try run(
            sql, "refund-parts", "split-table", "rounding", "payout-differences", "line-buckets", "analyze-buckets",
            "wanted", "live", "analyze-live")
        outcome.superseded = try write(sql, "supersede")
        outcome.allocations = try write(sql, "allocate")
    }

    /// Moves the breaks on, and the watermark.
    mutating func breaks() throws {
        let sql = try Self.library(PackageResources.recon_breaks_sql, "recon_breaks.sql")
        try run(sql, "described", "changes")
        for section in ["open", "keep", "resolve", "release", "journal", "watermark"] { _ = try write(sql, section) }
        outcome.changes = try connection.query(try sql["counts"].bind()).compactMap { row in
            guard let event = BreakChange.Event(rawValue: try row.text("event")) else { return nil }
            return BreakChange(
                event: event, code: try row.text("code"), currency: try row.text("currency"),
                breaks: try row.int("breaks"))
        }
        outcome.open = try connection.query(try sql["open-breaks"].bind()).map { row in
            OpenBreaks(
                code: try row.text("code"), role: try row.text("role"), currency: try row.text("currency"),
                breaks: try row.int("breaks"), moneyEffect: try row.text("money_effect"))
        }
    }

    /// Brings the running balances up to what was booked and moved; a night in which nothing was touches none of them.
    mutating func balance() throws {
        let sql = try Self.library(PackageResources.recon_balances_sql, "recon_balances.sql")
        if recounts { try run(sql, "forget") }
        if recounts || outcome.events > 0 { try run(sql, "movements") }
        if recounts || outcome.allocations + outcome.superseded > 0 {
            try run(sql, "balance-changes", "balances", "spent")
        }
        try run(
            sql, "order-changes", "analyze-order-changes", "owed", "owed-before", "order-positions", "owed-after")
    }

    /// Proves that all that went in stands in exactly one bucket.
    mutating func prove() throws {
        let sql = try Self.library(PackageResources.recon_completeness_sql, "recon_completeness.sql")
        try run(sql, "ledger-inputs", "line-inputs", "events", "totals")
        outcome.completeness = try connection.query(try sql["proof"].bind()).map { row in
            CompletenessRow(
                side: try row.text("side"), kind: try row.text("kind"), currency: try row.text("currency"),
                inputCount: try row.int("input_count"), inputSum: try row.text("input_sum"),
                bucketCount: try row.int("bucket_count"), bucketSum: try row.text("bucket_sum"),
                pass: try row.bool("pass"))
        }
        let failed = outcome.completeness.filter { !$0.pass }
        guard failed.isEmpty else {
            let ties = failed.prefix(5).map { row in
                "\(row.side) \(row.kind) \(row.currency): \(row.inputCount) of \(row.inputSum) in, "
                    + "\(row.bucketCount) of \(row.bucketSum) in the buckets"
            }
            throw Failure(
                .proofFailed, "The completeness proof fails: \(ties.joined(separator: "; ")).",
                advice: "Nothing was written. See docs/reconciliation.md, “When the proof fails”.")
        }
    }

    /// Keeps what the night closes with.
    mutating func close() throws {
        let sql = try Self.library(PackageResources.recon_closings_sql, "recon_closings.sql")
        if everything || outcome.rowsChanged > Self.manyRows {
            _ = try connection.query(try sql["statistics"].bind())
        }
        try run(sql, "positions")
        _ = try write(sql, "closings")
    }

    // MARK: Running sections

    private func run(_ sql: SQLLibrary, _ sections: String...) throws {
        for section in sections {
            let template = try sql[section]
            if template.isSingleStatement {
                try connection.execute(try template.bind())
            } else {
                try connection.script(try template.literal(), name: template.name)
            }
        }
    }

    private func count(_ sql: SQLLibrary, _ section: String) throws -> Int {
        try connection.execute(try sql[section].bind())
    }

    /// A statement that changes rows of the pipeline's own tables.
    private mutating func write(_ sql: SQLLibrary, _ section: String) throws -> Int {
        guard books else { return 0 }
        let rows = try count(sql, section)
        outcome.rowsChanged += rows
        return rows
    }

    private static func library(_ bytes: [UInt8], _ source: String) throws -> SQLLibrary {
        try SQLLibrary(embedded: bytes, source: source)
    }
}

extension SQLValue {
    /// Business days, where they are agreed.
    fileprivate static func days(_ days: Int?) -> SQLValue { days.map { .int(Int64($0)) } ?? .null }
}
