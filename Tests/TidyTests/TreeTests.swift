import Foundation
import Testing

@Suite("The tree holds what it should")
struct TreeTests {
    @Test("the top-level names that everybody looks for are there")
    func topLevel() {
        for name in [
            "Package.swift", "README.md", "Makefile", "LICENSE", "CHANGELOG.md", "Sources", "Tests", "jobs", "reports",
            "config", "docs", ".ci/run", ".swift-format", ".gitignore",
        ] {
            #expect(FileManager.default.fileExists(atPath: "\(Repository.root)/\(name)"), "\(name) is missing")
        }
    }

    @Test("what is built or generated is never committed")
    func ignored() throws {
        let ignore = try String(contentsOfFile: "\(Repository.root)/.gitignore", encoding: .utf8)
        for name in [".build/", "Package.resolved", ".mainspring/", "out/"] {
            #expect(ignore.split(separator: "\n").contains { $0 == name || $0 == "/" + name }, "\(name)")
        }
    }

    @Test("every target has a test target beside it")
    func testTargets() throws {
        let targets = try FileManager.default.contentsOfDirectory(atPath: "\(Repository.root)/Sources")
            .filter { $0 != "MainspringCommand" && !isSystemLibrary($0) }
        for target in targets {
            let tests = try Repository.files("Tests/\(target)Tests", ".swift")
            #expect(tests.contains { $0.text.contains("@Test") }, "\(target) has no tests")
        }
    }

    /// A module map and a shim header: nothing of ours to test.
    private func isSystemLibrary(_ target: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(Repository.root)/Sources/\(target)/module.modulemap")
    }

    @Test("the gate runs the README's test command")
    func gate() throws {
        let readme = try String(contentsOfFile: "\(Repository.root)/README.md", encoding: .utf8)
        let gate = try String(contentsOfFile: "\(Repository.root)/.ci/run", encoding: .utf8)
        #expect(readme.contains("make test"))
        #expect(gate.contains("make test"))
    }
}
