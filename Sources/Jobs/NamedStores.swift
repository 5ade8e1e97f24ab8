import Diagnostics
import Postgres

/// Stores that a person named with `--store`.
enum NamedStores {
    /// - Throws: `store.unknown` for the first that there is not.
    static func requireKnown(_ stores: [Int64]?, on connection: Connection) throws {
        guard let stores, !stores.isEmpty else { return }
        let library = try SQLLibrary(embedded: PackageResources.stores_sql, source: "Sources/Jobs/SQL/stores.sql")
        let known = stores.filter { Int32(exactly: $0) != nil }
        let missing = try connection.query(try library["unknown"].bind(["stores": .intArray(known)]))
        let unknown = try missing.first?.int64("store_id") ?? stores.first { Int32(exactly: $0) == nil }
        guard let unknown else { return }
        throw Failure(
            .storeUnknown, "There is no store \(unknown).", at: .named("--store \(unknown)"),
            advice: "Give the store_id of a row of stores.")
    }
}
