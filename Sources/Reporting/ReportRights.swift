import Postgres

extension ReportDefinition {
    /// Runs `body` with the rights that the report needs.
    ///
    /// The role of reports can read nothing personal, and stays so. A report that shows personal data runs with the
    /// rights of the login itself: who may read the data by hand may read it in the report, and nobody else.
    func withRights<T>(on connection: Connection, _ body: () throws -> T) throws -> T {
        guard header.showsPersonalData else { return try body() }
        let role = try connection.query("SELECT current_setting('role') AS role")[0].text("role")
        guard role != "none" else { return try body() }
        try connection.execute("SET ROLE NONE")
        let back = Statement("SET ROLE \(connection.quotedIdentifier(role))", name: "role")
        do {
            let result = try body()
            try connection.execute(back)
            return result
        } catch {
            // In a transaction that failed the rollback takes the role back.
            _ = try? connection.execute(back)
            throw error
        }
    }
}
