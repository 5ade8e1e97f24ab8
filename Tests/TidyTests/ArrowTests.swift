import Testing

/// docs/architecture.md, “The house”: arrows between targets run one way.
@Suite("Arrows run one way")
struct ArrowTests {
    /// What a target may import of ours; a target that is not here may not exist.
    static let mayImport: [String: Set<String>] = {
        let bottom: Set = ["Diagnostics"]
        let middle = bottom.union(["Money", "Postgres", "Tabular", "Configuration"])
        let domain = middle.union(["Schema"])
        let jobs = domain.union(["Marketplace", "Reconciliation", "Reporting"])
        return [
            "Diagnostics": [],
            "Money": bottom,
            "Postgres": bottom,
            "Tabular": bottom.union(["Money"]),
            "Configuration": bottom,
            "Schema": middle,
            "Marketplace": domain,
            "Reconciliation": domain,
            "Reporting": domain,
            "Jobs": jobs,
            "Demo": domain,
            "MainspringCommand": jobs.union(["Jobs", "Demo"]),
        ]
    }()

    /// Which target may see which C library.
    static let mayImportC: [String: Set<String>] = [
        "Postgres": ["CLibPQ"], "Tabular": ["CLibCSV", "CLibXLSXWriter", "CLibCrypto", "CMiniZip", "CLinux"],
    ]

    private static func imports(of file: Repository.File) -> [String] {
        file.lines.compactMap { line in
            guard
                let match = line.firstMatch(
                    of: /^\s*(?:@\w+(?:\(\w+\))?\s+)?(?:package |public |internal |private )?import (?:\w+ )?(\w+)/)
            else { return nil }
            return String(match.1)
        }
    }

    @Test("no target imports one at its own height or above")
    func ours() throws {
        for file in try Repository.files("Sources", ".swift") {
            let allowed = try #require(
                Self.mayImport[file.folder], "\(file.path) lies in a target that no arrow leads to")
            for name in Self.imports(of: file) where Self.mayImport[name] != nil {
                #expect(allowed.contains(name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test("only Postgres and Tabular import C")
    func c() throws {
        for file in try Repository.files("Sources", ".swift") {
            for name in Self.imports(of: file) where name.hasPrefix("CLib") || ["CMiniZip", "CLinux"].contains(name) {
                #expect(Self.mayImportC[file.folder, default: []].contains(name), "\(file.path) imports \(name)")
            }
        }
    }
}
