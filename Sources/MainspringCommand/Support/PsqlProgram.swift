import Diagnostics
import Foundation
import Postgres

/// Enters a database with psql, in the place of this process: signals and the terminal are psql's own.
enum PsqlProgram {
    /// Never returns unless psql can't be started.
    static func run(with arguments: [String], target: ConnectionTarget) throws {
        for (variable, keyword) in variables {
            if let value = target.parameters[keyword] { setenv(variable, value, 1) }
        }
        let words = ["psql", "-X"] + arguments
        var pointers = words.map { strdup($0) } + [nil]
        execvp("psql", &pointers)
        throw Failure(
            .databaseMissingBinaries, "psql can't be started: \(String(cString: strerror(errno))).",
            advice: "Install it: apt-get install postgresql-client.")
    }

    /// By environment rather than as arguments, which every user of the machine can read.
    private static let variables = [
        ("PGHOST", "host"), ("PGHOSTADDR", "hostaddr"), ("PGPORT", "port"), ("PGDATABASE", "dbname"),
        ("PGUSER", "user"), ("PGPASSWORD", "password"), ("PGPASSFILE", "passfile"), ("PGSSLMODE", "sslmode"),
        ("PGSERVICE", "service"),
    ]
}
