import Postgres

extension ReportDefinition {
    /// Runs `body` with the rights that the report needs.
    ///
    /// The role of reports can read nothing personal, and stays so. A report that shows personal data reads as `role`,
    /// which the login must be a member of: who may not read the data otherwise may not read it in a report.
    func withRights<T>(of role: String, on connection: Connection, _ body: () throws -> T) throws -> T {
        guard header.showsPersonalData else { return try body() }
        let before = try connection.query("SELECT current_setting('role') AS role")[0].text("role")
        func setting(_ role: String) -> Statement {
            let name = role == "none" ? "NONE" : connection.quotedIdentifier(role)
            return Statement("SET ROLE \(name)", name: "role of a report")
        }
        try connection.execute(setting(role))
        do {
            let result = try body()
            try connection.execute(setting(before))
            return result
        } catch {
            // In a transaction that failed the rollback takes the role back.
            _ = try? connection.execute(setting(before))
            throw error
        }
    }
}
