/// The statements that make what a catalogue entry describes.
extension CatalogueEntry {
    /// The schema of the relation: indexes lie there too.
    var schema: Substring { relation.prefix { $0 != "." } }

    /// A column's definition in CREATE TABLE and ADD COLUMN; a SERIAL is written as one.
    var columnDefinition: String {
        if note.hasPrefix("DEFAULT nextval(") { return "\(name) SERIAL" }
        var text = "\(name) \(rule)"
        if !note.isEmpty { text += " \(note)" }
        if flag { text += " NOT NULL" }
        return text
    }

    /// Makes the thing on a relation that is there.
    var statement: String {
        switch kind {
        case .table: "CREATE TABLE \(relation) ();"
        case .view: "CREATE OR REPLACE VIEW \(relation) AS\(note)"
        case .column: "ALTER TABLE \(relation) ADD COLUMN \(columnDefinition);"
        case .primaryKey: "ALTER TABLE \(relation) ADD CONSTRAINT \(name) \(note);"
        case .unique:
            note.isEmpty
                ? "CREATE UNIQUE INDEX \(name) ON \(relation) \(rule);"
                : "ALTER TABLE \(relation) ADD CONSTRAINT \(name) \(note);"
        case .check: "ALTER TABLE \(relation) ADD CONSTRAINT \(name) \(rule);"
        case .index: "CREATE INDEX \(name) ON \(relation) \(rule);"
        case .foreignKey: "ALTER TABLE \(relation) ADD CONSTRAINT \(name) \(rule) ON DELETE \(note);"
        case .trigger: "\(note);"
        case .grant: "GRANT \(rule) ON \(relation) TO \(name);"
        case .columnGrant: "GRANT \(rule) (\(note)) ON \(relation) TO \(name);"
        }
    }

    /// Takes it away: for a thing of the same name that does something else.
    var removal: String {
        switch kind {
        case .index: "DROP INDEX \(schema).\(quotedName);"
        case .unique where note.isEmpty: "DROP INDEX \(schema).\(quotedName);"
        case .grant: "REVOKE \(rule) ON \(relation) FROM \(name);"
        case .columnGrant: "REVOKE \(rule) (\(note)) ON \(relation) FROM \(name);"
        default: "ALTER TABLE \(relation) DROP CONSTRAINT \(quotedName);"
        }
    }

    /// Django's names hold only letters, digits and underscores, but a person's may hold anything.
    var quotedName: String {
        let plain = name.unicodeScalars.allSatisfy {
            $0 == "_" || ("a"..."z").contains($0) || ("0"..."9").contains($0)
        }
        return plain ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// Brings a live column to this one's type and default.
    /// - Parameter keepingDefault: the default is a sequence, or an identity, and stays.
    func retype(keepingDefault: Bool) -> String {
        var steps = keepingDefault ? [] : ["ALTER COLUMN \(name) DROP DEFAULT"]
        let utc = rule.hasPrefix("timestamp") ? " USING \(name) AT TIME ZONE 'UTC'" : " USING \(name)::\(rule)"
        steps.append("ALTER COLUMN \(name) TYPE \(rule)\(utc)")
        if !note.isEmpty && !keepingDefault { steps.append("ALTER COLUMN \(name) SET \(note)") }
        return "ALTER TABLE \(relation) \(steps.joined(separator: ", "));"
    }

    /// Turns a live identity column into this SERIAL one, which goes on where the identity stood.
    func serialize(grantedTo roles: [String]) -> String {
        let sequence = "\(relation)_\(name)_seq"
        // The sequence has to have the table's owner before the column can own it.
        var text = """
            ALTER TABLE \(relation) ALTER COLUMN \(name) DROP IDENTITY IF EXISTS; \
            CREATE SEQUENCE IF NOT EXISTS \(sequence) AS integer; \
            DO $$ BEGIN EXECUTE (SELECT format('ALTER SEQUENCE \(sequence) OWNER TO %I', pg_get_userbyid(relowner)) \
            FROM pg_class WHERE oid = '\(relation)'::regclass); END $$; \
            ALTER SEQUENCE \(sequence) OWNED BY \(relation).\(name); \
            SELECT setval('\(sequence)', coalesce(max(\(name)), 0) + 1, FALSE) FROM \(relation); \
            ALTER TABLE \(relation) ALTER COLUMN \(name) SET \(note);
            """
        if !roles.isEmpty { text += " GRANT USAGE ON SEQUENCE \(sequence) TO \(roles.joined(separator: ", "));" }
        return text
    }
}
