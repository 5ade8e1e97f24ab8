import Diagnostics
package import Postgres

/// Explains by doing the reconciliation's own work on the subject's orders and lines alone, without writing anything: no
/// rule is told that isn't the one which the night applies (docs/finance.md).
package struct Explainer {
    private let reconciler: Reconciler
    private let sql: SQLLibrary

    package init(reconciler: Reconciler) throws {
        self.reconciler = reconciler
        sql = try SQLLibrary(embedded: PackageResources.explain_sql, source: "explain.sql")
    }

    /// - Parameters:
    ///   - run: up to when the shop is looked at; once a reconciliation has run, what that one saw counts.
    ///   - connection: of a role that reconciles, outside a transaction.
    /// - Throws: `parameter.invalid` when there is no such thing. Errors of PostgreSQL.
    package func explain(_ subject: Subject, run: ReconciliationRun, on connection: Connection) throws -> Explanation {
        try connection.transaction(.repeatableRead) {
            let found = try find(subject, on: connection)
            var reconciliation = try Reconciliation(
                reconciler: reconciler, run: run, connection: connection, books: false)
            try reconciliation.scope { try connection.script(try sql["scope"].literal(found), name: "explain: scope") }
            try reconciliation.canonical()
            try reconciliation.match()
            try reconciliation.judge()
            try connection.execute(try sql["payouts"].bind(found))
            return try tell(found, on: connection)
        }
    }

    private func find(_ subject: Subject, on connection: Connection) throws -> [String: SQLValue] {
        let key: [String: SQLValue] = [
            "id": subject.id.map { .int($0) } ?? .null, "text": .text(subject.text),
        ]
        guard let row = try connection.query(try sql[subject.kind.rawValue].bind(key)).first else {
            throw Failure(
                .parameterInvalid, "There is no \(subject.name).",
                advice: "`mainspring breaks list` and the reports name what there is.")
        }
        return [
            "entity": .text(try row.text("entity")),
            "payment_id": try row.optionalInt64("payment_id").map { .int($0) } ?? .null,
            "order_id": try row.optionalInt64("order_id").map { .int($0) } ?? .null,
            "line_id": try row.optionalInt64("line_id").map { .int($0) } ?? .null,
            "payout_id": try row.optionalText("payout_id").map { .text($0) } ?? .null,
        ]
    }

    private func tell(_ found: [String: SQLValue], on connection: Connection) throws -> Explanation {
        func rows(_ section: String) throws -> [Row] { try connection.query(try sql[section].bind(found)) }
        guard case .text(let entity)? = found["entity"] else {
            throw Failure(.internalError, "What was found has no name.")
        }
        return Explanation(
            entity: entity,
            sources: try rows("sources").map { row in
                .init(side: try row.text("side"), place: try row.text("place"), says: try row.text("says"))
            },
            matching: try rows("matching").map { row in
                .init(
                    line: try row.text("line"), way: try row.text("way"), value: try row.optionalText("value"),
                    result: try row.text("result"))
            },
            rules: try rows("rules").map { row in
                .init(
                    entity: try row.text("entity"), code: try row.text("code"), currency: try row.text("currency"),
                    expected: try row.optionalText("expected"), actual: try row.optionalText("actual"),
                    actualCurrency: try row.text("actual_currency"), difference: try row.optionalText("difference"),
                    result: try row.text("result"))
            },
            money: try rows("money").map { row in
                .init(
                    side: try row.text("side"), kind: try row.text("kind"), day: try row.text("day"),
                    amount: try row.text("amount"), currency: try row.text("currency"),
                    bucket: try row.text("bucket"), reason: try row.text("reason"))
            },
            breaks: try rows("breaks").map { row in
                .init(
                    breakID: try row.text("break_id"), code: try row.text("code"), entity: try row.text("entity"),
                    role: try row.text("role"), currency: try row.text("currency"),
                    moneyEffect: try row.text("money_effect"), explanation: try row.text("explanation"),
                    status: try row.text("status"), nextAction: try row.optionalText("next_action"))
            })
    }
}
