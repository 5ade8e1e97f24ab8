import Testing

@Suite("docs/schema.md lists the tables that the migrations make")
struct SchemaPageTests {
    /// The tables that the migrations create in a schema, with their columns.
    private static func tables(_ schema: String) throws -> [String: [String]] {
        var result: [String: [String]] = [:]
        for path in Page.paths(in: "Sources/Schema/SQL/migrations", ".sql") {
            var table: String?
            for line in try Page(path).lines {
                if let match = line.firstMatch(of: /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)\.(\w+) \(/) {
                    table = match.1 == schema ? String(match.2) : nil
                    if let table { result[table] = [] }
                } else if line.hasPrefix(")") {
                    table = nil
                } else if let table, let match = line.firstMatch(of: /^    ([a-z_0-9]+) +[a-z]/) {
                    result[table]?.append(String(match.1))
                }
            }
        }
        return result
    }

    @Test("the shop's 22 tables are named")
    func shop() throws {
        let section = try Page("docs/schema.md").section("The shop's tables")
        let tables = try Self.tables("public")
        #expect(tables.count == 22)
        let named = Set(section.matches(of: /[a-z_]+/).map { String($0.0) })
        for table in tables.keys { #expect(named.contains(table), "\(table)") }
    }

    @Test("each of the pipeline's tables is there with every column")
    func pipeline() throws {
        let page = try Page("docs/schema.md")
        let unused = Set(try page.section("Kept for later").matches(of: /[a-z_]+/).map { String($0.0) })
        let tables = try Self.tables("mainspring")
        #expect(tables.count > 10)
        for (table, columns) in tables where !unused.contains(table) {
            let words = Set(try page.section(table).matches(of: /[a-z_0-9]+/).map { String($0.0) })
            for column in columns { #expect(words.contains(column), "\(table).\(column)") }
        }
    }
}
