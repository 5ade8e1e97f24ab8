import Configuration
package import Diagnostics
package import Postgres
import Tabular

extension ReportDefinition {
    /// Holds the header against the SELECT as the server reads it: the parameters' types, and the columns' names,
    /// order and kinds. Runs nothing. Call it under the role that will run the report: a right that is missing shows.
    ///
    /// - Throws: `report.invalid`, naming file and line; `config.*` of a file that a parameter names; the server's
    ///   refusal of the SELECT.
    package func check(on connection: Connection) throws(Failure) {
        for parameter in parameters where parameter.kind == .config {
            if let file = parameter.fallback { _ = try ConfigDocument.json(file: resolve(file)) }
        }
        var samples: [String: SQLValue] = [:]
        for parameter in parameters { samples[parameter.name] = parameter.sample }
        let description: StatementDescription
        do {
            description = try connection.describe(query.template.bind(samples))
            // Rights are looked at when a plan is made ready, which preparing does not do. Personal data is read with the
            // rights of whoever runs the report, and that may be somebody else than who checks it.
            if !header.showsPersonalData {
                var plan = try query.template.bind(samples)
                plan.sql = "EXPLAIN " + plan.sql
                _ = try connection.query(plan)
            }
        } catch let error as PostgresError {
            var failure = error.failure
            failure.location = failure.location ?? .file(file, line: query.line)
            throw failure
        } catch let error as Failure { throw error } catch {
            throw Failure(.internalError, "The report \(name) could not be prepared.", at: .file(file))
        }
        try check(parameters: description.parameters)
        try check(columns: description.columns)
    }

    private func check(parameters types: [SQLType]) throws(Failure) {
        for (name, type) in zip(query.template.parameters, types) {
            guard let parameter = parameters.first(where: { $0.name == name }) else { continue }
            guard parameter.accepts(type) else {
                throw Failure(
                    .reportInvalid,
                    "The parameter “\(name)” is \(parameter.kind.rawValue) in the header, and \(type) in the SELECT.",
                    at: parameter.location, advice: "Cast it where it is used: :'\(name)'::\(parameter.castName).")
            }
        }
    }

    private func check(columns found: [ResultColumn]) throws(Failure) {
        for (index, column) in columns.enumerated() {
            guard index < found.count, found[index].name == column.name else {
                throw mismatch(column, index: index, found: found)
            }
            guard column.accepts(found[index].type) else {
                throw Failure(
                    .reportInvalid,
                    "The column “\(column.name)” is \(column.kind.rawValue) in the header, and \(found[index].type) in "
                        + "the SELECT.",
                    at: column.location, advice: "Change its kind, or cast it in the SELECT.")
            }
        }
        if found.count > columns.count {
            throw Failure(
                .reportInvalid, "The SELECT gives “\(found[columns.count].name)”, which the header doesn't declare.",
                at: .file(file, line: query.line), advice: "Declare it under columns, in the order of the SELECT.")
        }
    }

    private func mismatch(_ column: ReportColumn, index: Int, found: [ResultColumn]) -> Failure {
        if found.contains(where: { $0.name == column.name }) || index < found.count {
            let there = index < found.count ? found[index].name : "nothing"
            return Failure(
                .reportInvalid,
                "Column \(index + 1) is “\(column.name)” in the header, and “\(there)” in the SELECT.",
                at: column.location, advice: "Put the columns of both in the same order, with the same names.")
        }
        return Failure(
            .reportInvalid, "The header declares the column “\(column.name)”, which the SELECT doesn't give.",
            at: column.location, advice: "Add it to the SELECT, or remove it here.")
    }
}

extension ReportParameter {
    fileprivate func accepts(_ type: SQLType) -> Bool {
        switch kind {
        case .date: type == .date
        case .timestamp: type == .timestamptz
        case .text: type.isText
        case .integer: type.isInteger
        case .decimal: type == .numeric
        case .boolean: type == .bool
        case .config: type == .jsonb
        }
    }

    fileprivate var castName: String {
        switch kind {
        case .date: "date"
        case .timestamp: "timestamptz"
        case .text: "text"
        case .integer: "integer"
        case .decimal: "numeric"
        case .boolean: "boolean"
        case .config: "jsonb"
        }
    }
}

extension ReportColumn {
    fileprivate func accepts(_ type: SQLType) -> Bool {
        switch kind {
        case .text: type.isText
        case .integer: type.isInteger
        case .money, .decimal, .percent, .rating: type == .numeric
        case .date: type == .date
        // A moment has no business time until it is brought into the zone.
        case .timestamp: type == .timestamp
        case .boolean: type == .bool
        }
    }
}
