import Foundation
import Schema
import Testing

/// The list in Swift, the folder, and the files that repeat a part of a migration.
@Suite("The list of migrations")
struct MigrationListTests {
    @Test("it holds every file of the folder, in order, with its text")
    func folder() throws {
        let folder = "Sources/Schema/SQL/migrations"
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(SchemaFiles.root)/\(folder)").sorted()
        #expect(Migration.all.map(\.fileName) == files)
        #expect(zip(Migration.all, Migration.all.dropFirst()).allSatisfy { $0.number < $1.number })
        for migration in Migration.all {
            let text = try SchemaFiles.read("\(folder)/\(migration.fileName)")
            #expect(migration.text == text, "\(migration.fileName)")
        }
    }

    @Test("config/deploy/roles.sql makes the roles that the first migration makes, word for word")
    func roles() throws {
        let deploy = try SchemaFiles.read("config/deploy/roles.sql")
        let block = try #require(deploy.firstMatch(of: /(?s)DO \$roles\$.*?\n\$roles\$;\n/)).0
        #expect(block.contains("CREATE ROLE"))
        #expect(Migration.all[0].text.contains(block))
    }

    @Test("tables and foreign keys are separate scripts, one ALTER a constraint")
    func distribution() throws {
        for migration in Migration.all where migration.area == .shop {
            let statements = migration.text.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(
                separator: "\n")
            if migration.name == "foreign_keys" {
                let alters = statements.matches(of: /ALTER TABLE/).count
                #expect(alters == ForeignKeyTests.keys.count)
                #expect(statements.matches(of: /ADD CONSTRAINT/).count == alters)
                #expect(!statements.contains("CREATE"))
            } else {
                #expect(!statements.contains("REFERENCES"), "\(migration.fileName)")
            }
        }
    }

    @Test("every index says which query it serves, in the line above")
    func indexes() throws {
        let migration = try #require(Migration.all.first { $0.name == "indexes" })
        let lines = migration.text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.hasPrefix("CREATE") {
            #expect(lines[index - 1].hasPrefix("-- "), "\(line)")
        }
    }
}
