import Testing

@Suite("docs/architecture.md draws the house that is built")
struct ArchitecturePageTests {
    /// Each library of Package.swift with the targets of ours that it uses.
    private static func manifest() throws -> [String: Set<String>] {
        let text = try Page("Package.swift").text.replacing(/\s+/, with: " ")
        var result: [String: Set<String>] = [:]
        for match in text.matches(of: /library\( ?"(\w+)", \[([^\]]*)\]/) {
            result[String(match.1)] = Set(match.2.matches(of: /"(\w+)"/).map { String($0.1) })
        }
        return result
    }

    @Test("the table of targets says what Package.swift says")
    func targets() throws {
        let rows = Page.rows(in: try Page("docs/architecture.md").section("The arrows"))
        let written = Dictionary(rows.map { ($0[0], $0[2]) }) { first, _ in first }
        let manifest = try Self.manifest()
        #expect(manifest.count > 8)
        for (target, uses) in manifest {
            let cell = try #require(written[target], "\(target) is missing")
            let named = cell == "nothing" ? [] : Set(cell.split(separator: ", ").map(String.init))
            #expect(named == uses.intersection(manifest.keys), "\(target)")
        }
        #expect(Set(written.keys) == Set(manifest.keys).union(["MainspringCommand"]))
    }
}
