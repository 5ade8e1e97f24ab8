package import Postgres

/// Imports statement files: checked and converted by the database in sets, all of a file or nothing.
package struct StatementImporter {
    let catalogue: ChannelCatalogue

    package init(catalogue: ChannelCatalogue) { self.catalogue = catalogue }

    /// Imports a file as a statement, in the caller's transaction and a savepoint of its own. One importer at a time:
    /// another's transaction is waited for.
    ///
    /// Rows that are left out are in `NAME.rejects.csv` before the transaction ends: were it rolled back, the next
    /// import writes that file anew.
    ///
    /// - Throws: `statement.refused`, `csv.malformed`, `csv.encoding` with line and column; nothing of the file is
    ///   stored then, and the transaction can go on. `settlement.unknown`; `file.unreadable`.
    package func importFile(
        _ path: String, as statement: String, run: ReconciliationRun, options: ImportOptions = ImportOptions(),
        on connection: Connection
    ) throws -> ImportOutcome {
        let profile = try catalogue.settlement(statement)
        try options.check(for: profile)
        return try StatementImport(path: path, profile: profile, run: run, options: options, connection: connection)
            .outcome()
    }
}
