import CLibPQ
package import Diagnostics

/// Where to connect and as whom: libpq's connection parameters by keyword.
///
/// What is not given here libpq takes from its environment, service file and password file, as psql does.
/// Its `description` never shows a password.
package struct ConnectionTarget: Sendable, Equatable {
    /// By libpq's keyword: `host`, `port`, `dbname`, `user`, `password`, `sslmode`, …
    package var parameters: [String: String]

    package init(parameters: [String: String]) { self.parameters = parameters }

    /// A PostgreSQL URI, or a `keyword=value` string. The schemes that Django's DATABASE_URL knows are accepted too.
    /// Throws `config.invalid`; the message never repeats the text, which may hold a password.
    package init(url: String) throws(Failure) {
        var text = url
        if let range = url.firstRange(of: "://") {
            let scheme = url[..<range.lowerBound].lowercased()
            guard ["postgres", "postgresql", "psql", "pgsql", "postgis"].contains(scheme) else {
                throw Failure(
                    .configInvalid, "The database URL is of the kind \(scheme), which is not PostgreSQL.",
                    advice: "Give postgresql://user@host:port/database.")
            }
            text = "postgresql" + url[range.lowerBound...]
        }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            PQfreemem(message)
            throw Failure(
                .configInvalid, "The database URL is neither a PostgreSQL URI nor a keyword=value string.",
                advice: "Give postgresql://user@host:port/database; write special characters as %XX.")
        }
        defer { PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                parameters[String(cString: keyword)] = String(cString: value)
            }
            option += 1
        }
        self.parameters = parameters
    }

    /// The `PG*` variables of `environment`, written out, so that a later change of the process's own does not matter.
    package init(environment: [String: String]) {
        var parameters: [String: String] = [:]
        for (variable, keyword) in Self.environmentKeywords {
            if let value = environment[variable], !value.isEmpty { parameters[keyword] = value }
        }
        self.parameters = parameters
    }

    /// The target that the environment names: DATABASE_URL, else PGHOST, PGHOSTADDR, PGPORT or PGSERVICE with the other
    /// `PG*` variables; nil when it names none, which means the embedded cluster.
    package static func named(by environment: [String: String]) throws(Failure) -> ConnectionTarget? {
        if let url = environment["DATABASE_URL"], !url.isEmpty { return try ConnectionTarget(url: url) }
        let naming = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE"]
        guard naming.contains(where: { environment[$0]?.isEmpty == false }) else { return nil }
        return ConnectionTarget(environment: environment)
    }

    /// The same server and login, another database.
    package func with(database: String) -> ConnectionTarget { with("dbname", database) }
    /// How pg_stat_activity names the session.
    package func with(applicationName: String) -> ConnectionTarget { with("application_name", applicationName) }
    /// Another login.
    package func with(user: String) -> ConnectionTarget { with("user", user) }
    /// Another password.
    package func with(password: String) -> ConnectionTarget { with("password", password) }

    /// The database's name, if the target gives one; libpq takes the user's name otherwise.
    package var database: String? { parameters["dbname"] }
    /// The login, if the target gives one.
    package var user: String? { parameters["user"] }
    /// The host's name or address, or the folder of a Unix socket.
    package var host: String? { parameters["host"] ?? parameters["hostaddr"] }

    /// The target as `PG*` variables, for a child process such as psql. A password is left out where a password file
    /// serves: environments can be looked at.
    package var environment: [String: String] {
        var variables: [String: String] = [:]
        for (variable, keyword) in Self.environmentKeywords {
            if keyword == "password", parameters["passfile"] != nil { continue }
            variables[variable] = parameters[keyword]
        }
        return variables
    }

    private func with(_ keyword: String, _ value: String) -> ConnectionTarget {
        var copy = self
        copy.parameters[keyword] = value
        return copy
    }

    private static let environmentKeywords: [(String, String)] = [
        ("PGHOST", "host"), ("PGHOSTADDR", "hostaddr"), ("PGPORT", "port"), ("PGDATABASE", "dbname"),
        ("PGUSER", "user"), ("PGPASSWORD", "password"), ("PGPASSFILE", "passfile"), ("PGSERVICE", "service"),
        ("PGSSLMODE", "sslmode"), ("PGSSLCERT", "sslcert"), ("PGSSLKEY", "sslkey"), ("PGSSLROOTCERT", "sslrootcert"),
        ("PGSSLCRL", "sslcrl"), ("PGCHANNELBINDING", "channel_binding"), ("PGOPTIONS", "options"),
        ("PGAPPNAME", "application_name"), ("PGCONNECT_TIMEOUT", "connect_timeout"),
        ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ]
}

extension ConnectionTarget: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `database shop on db.example.com:5433 as django`, without a password.
    package var description: String {
        var text = "database \(database ?? user ?? "of the user's name")"
        if let service = parameters["service"] { text += " of service \(service)" }
        if let host { text += " on \(host)" }
        if let port = parameters["port"], host?.hasPrefix("/") != true { text += ":\(port)" }
        if let user { text += " as \(user)" }
        return text
    }

    package var debugDescription: String { description }
    /// So that a dump of a value that holds a target shows no password either.
    package var customMirror: Mirror { Mirror(self, children: ["target": description]) }
}
