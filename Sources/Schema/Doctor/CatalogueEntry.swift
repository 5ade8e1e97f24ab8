import Diagnostics

/// One thing that a database has, as `catalogue.sql` reads it and `expected_catalogue.tsv` keeps it.
///
/// What `rule`, `note` and `flag` mean for each kind stands in `catalogue.sql`.
struct CatalogueEntry: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        case table, view, column
        case primaryKey = "primary_key"
        case unique, check, index
        case foreignKey = "foreign_key"
        case trigger, grant
        case columnGrant = "column_grant"
    }

    let kind: Kind
    /// With its schema: `public.users`.
    let relation: String
    /// Of the column, constraint, index, trigger; for grants, of the role.
    let name: String
    let rule: String
    let note: String
    let flag: Bool
    /// The rule without casts and parentheses. PostgreSQL prints an expression that it reads back from its own print
    /// (a restored dump, a statement of ours) with its casts elsewhere: `(ARRAY['A'::character varying])::text[]` comes
    /// back as `ARRAY[('A'::character varying)::text]`.
    let means: String

    /// One line: fields parted by tabs, empty ones at the end left out.
    var line: String {
        var fields = [kind.rawValue, relation, name, rule, note, flag ? "yes" : ""]
        while fields.last == "" { fields.removeLast() }
        return fields.joined(separator: "\t")
    }

    init(kind: Kind, relation: String, name: String, rule: String, note: String, flag: Bool) {
        self.kind = kind
        self.relation = relation
        self.name = name
        self.rule = rule
        self.note = note
        self.flag = flag
        means = rule.replacing("::character varying", with: "").replacing("::text[]", with: "")
            .replacing("::text", with: "").filter { $0 != "(" && $0 != ")" && $0 != " " }
    }

    init(line: Substring) throws(Failure) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
        guard let kind = Kind(rawValue: fields[0]), fields.count >= 2, fields.count <= 6 else {
            throw Failure(.internalError, "expected_catalogue.tsv holds a line that cannot be read: \(line)")
        }
        func field(_ index: Int) -> String { index < fields.count ? fields[index] : "" }
        self.init(
            kind: kind, relation: fields[1], name: field(2), rule: field(3), note: field(4), flag: field(5) == "yes")
    }
}
