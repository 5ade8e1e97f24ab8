import Diagnostics
package import Postgres

/// What a database has of the shop and the pipeline: tables, columns, rules, rights.
///
/// The expectation is a snapshot of a freshly migrated database, embedded, which a test derives anew from the
/// migrations. So grading needs no right but to read the catalogue; applying the migrations in a scratch schema would
/// need the right to create one in somebody's production database.
package struct Catalogue: Sendable {
    let entries: [CatalogueEntry]
    private let byKind: [CatalogueEntry.Kind: [CatalogueEntry]]
    private let byRelation: [String: [CatalogueEntry]]

    init(entries: [CatalogueEntry]) {
        self.entries = entries
        byKind = Dictionary(grouping: entries, by: \.kind)
        byRelation = Dictionary(grouping: entries, by: \.relation)
    }

    /// Reads a live database.
    package static func read(_ connection: Connection) throws -> Catalogue {
        let library = try SQLLibrary(embedded: PackageResources.catalogue_sql, source: "catalogue.sql")
        return try connection.transaction(.repeatableRead, readOnly: true) {
            // Definitions name the schema of everything that the search path does not hold.
            try connection.execute("SET LOCAL search_path = pg_catalog")
            let rows = try connection.query(try library["catalogue"].bind(["shop": .textArray(Shop.tables)]))
            return Catalogue(entries: try rows.map { row in try entry(row) })
        }
    }

    private static func entry(_ row: Row) throws -> CatalogueEntry {
        let kind = try row.text("kind")
        guard let known = CatalogueEntry.Kind(rawValue: kind) else {
            throw Failure(.internalError, "catalogue.sql returns a kind \(kind).")
        }
        return CatalogueEntry(
            kind: known, relation: try row.text("relation"), name: try row.text("name"), rule: try row.text("rule"),
            note: try row.text("note"), flag: try row.bool("flag"))
    }

    /// What a freshly migrated database has.
    static func expected() throws -> Catalogue {
        let text = String(decoding: PackageResources.expected_catalogue_tsv, as: UTF8.self)
        return Catalogue(entries: try text.split(separator: "\n").map { line in try CatalogueEntry(line: line) })
    }

    /// The catalogue as `expected_catalogue.tsv` keeps it, one line a thing.
    package var text: String { entries.map { $0.line + "\n" }.joined() }

    func of(_ kind: CatalogueEntry.Kind) -> [CatalogueEntry] { byKind[kind, default: []] }

    func of(_ kind: CatalogueEntry.Kind, on relation: String) -> [CatalogueEntry] {
        byRelation[relation, default: []].filter { $0.kind == kind }
    }

    /// Without what is not to be judged.
    func without(_ isLeftOut: (CatalogueEntry) -> Bool) -> Catalogue {
        Catalogue(entries: entries.filter { !isLeftOut($0) })
    }
}
