import Postgres

/// The statements by which observers and `mainspring status` ask and tell.
enum ObserverStatements {
    static func library() throws -> SQLLibrary {
        try SQLLibrary(embedded: PackageResources.observe_sql, source: "Sources/Jobs/SQL/observe.sql")
    }

    static func query(_ name: String, _ values: [String: SQLValue], on connection: Connection) throws -> [Row] {
        try connection.query(try library()[name].bind(values))
    }
}
