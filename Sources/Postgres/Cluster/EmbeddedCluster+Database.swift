import CLibPQ
import Diagnostics

/// The login role and the database inside the cluster.
extension EmbeddedCluster {
    /// The target of the database; makes the role and the database where they are missing.
    func prepareDatabase() throws -> ConnectionTarget {
        let target = try self.target(user: Self.database)
        do throws(PostgresError) {
            try Connection(target).close()
        } catch {
            guard error.sqlState == .unknownDatabase || error.sqlState.category == "28" else { throw error }
            let superuser = try Connection(self.target(user: "postgres").with(database: "postgres"))
            defer { superuser.close() }
            try createRole(on: superuser)
            try createDatabase(on: superuser)
        }
        return target
    }

    /// The target with the password of the password file, so that a PGPASSWORD in the environment does not matter.
    func target(user: String) throws(Failure) -> ConnectionTarget {
        guard let text = Files.text(passwordFile),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("*:*:*:\(user):") })
        else {
            throw Failure(
                .databaseStart, "The password file \(passwordFile) of the embedded PostgreSQL is missing or damaged.",
                advice: "Put it back, or delete \(dataFolder) to begin with an empty database.")
        }
        let folder = ServerProcess(dataFolder: pgdata)?.socketFolder ?? socketFolder
        return ConnectionTarget(parameters: [
            "host": folder, "port": String(Self.port), "user": user, "dbname": Self.database,
            "password": String(line.dropFirst("*:*:*:\(user):".count)), "passfile": passwordFile,
        ])
    }

    /// It may make roles and databases, for the migrations and the tests, but is no superuser: rights count.
    private func createRole(on superuser: Connection) throws(PostgresError) {
        let password: String
        do { password = try target(user: Self.database).parameters["password"] ?? "" } catch {
            throw PostgresError(.invalidPassword, error.message)
        }
        let rows = try superuser.query(Statement("SELECT 1 FROM pg_roles WHERE rolname = $1", [.text(Self.database)]))
        let verb = rows.isEmpty ? "CREATE" : "ALTER"
        // Sent as a verifier: the password itself never reaches the server's log.
        let verifier = SQLText.literal(try superuser.passwordVerifier(password, user: Self.database))
        try superuser.script(
            "\(verb) ROLE \(Self.database) LOGIN CREATEDB CREATEROLE PASSWORD \(verifier)", name: "login role")
    }

    private func createDatabase(on superuser: Connection) throws(PostgresError) {
        let name = Self.database
        let rows = try superuser.query(Statement("SELECT 1 FROM pg_database WHERE datname = $1", [.text(name)]))
        if rows.isEmpty { try superuser.script("CREATE DATABASE \(name) OWNER \(name)") }
    }
}

extension Connection {
    /// What the server stores of a password (SCRAM): enough to check it, not to know it.
    func passwordVerifier(_ password: String, user: String) throws(PostgresError) -> String {
        guard let text = PQencryptPasswordConn(handle, password, user, "scram-sha-256") else {
            throw lostOrRefused(Statement("", name: "password verifier"))
        }
        defer { PQfreemem(text) }
        return String(cString: text)
    }
}
