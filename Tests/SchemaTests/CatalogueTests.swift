import Foundation
import Postgres
import Schema
import TestSupport
import Testing

/// What `Doctor` expects is what the migrations make.
@Suite("The expected catalogue")
struct CatalogueTests {
    static let path = "\(SchemaFiles.root)/Sources/Schema/SQL/expected_catalogue.tsv"

    /// Recorded anew by `MAINSPRING_RECORD=1 swift test --filter CatalogueTests`, then read and committed.
    @Test("it equals the catalogue of a freshly migrated database")
    func recorded() throws {
        try TestDatabase.withShop { connection, _ in
            let text = try Catalogue.read(connection).text
            if ProcessInfo.processInfo.environment["MAINSPRING_RECORD"] == "1" {
                try text.write(toFile: Self.path, atomically: true, encoding: .utf8)
            }
            let kept = try String(contentsOfFile: Self.path, encoding: .utf8)
            #expect(Self.comparable(text) == Self.comparable(kept))
            #expect(text.split(separator: "\n").count > 900)
        }
    }

    /// Without the text of views: since PostgreSQL 16 the server prints it with fewer aliases.
    private static func comparable(_ text: String) -> [Substring] {
        text.split(separator: "\n").map { line in
            line.hasPrefix("view\t") ? line.split(separator: "\t").prefix(2).joined(separator: "\t")[...] : line
        }
    }
}
