import Testing

@Suite("docs/operator.md explains every setting")
struct SettingsPageTests {
    /// The keys of config/mainspring.yml, also those that are commented out: `database.url`.
    private static func keys() throws -> [String] {
        var part = ""
        var keys: [String] = []
        for line in try Page("config/mainspring.yml").lines {
            if let match = line.firstMatch(of: /^([a-z_]+):/) {
                part = String(match.1)
            } else if let match = line.firstMatch(of: #/^  (?:# )?([a-z_]+): /#) {
                keys.append("\(part).\(match.1)")
            }
        }
        return keys
    }

    @Test("every key of config/mainspring.yml has a row, and no other has")
    func keys() throws {
        let rows = Page.rows(in: try Page("docs/operator.md").section("Settings"))
        let keys = try Self.keys().map { "`\($0)`" }
        #expect(keys.count > 10)
        #expect(Set(keys) == Set(rows.map { $0[0] }))
        for row in rows { #expect(row.count == 3 && !row[2].isEmpty, "\(row[0])") }
    }
}
