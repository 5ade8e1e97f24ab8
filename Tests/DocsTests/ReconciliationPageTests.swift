import Foundation
import Testing

@Suite("docs/reconciliation.md lists what the reconciliation does")
struct ReconciliationPageTests {
    /// The words in quotes that an SQL file gives as codes, buckets or reasons.
    private static func literals(_ file: String) throws -> Set<String> {
        let sql = try Page("Sources/Reconciliation/SQL/\(file)").text.replacing(/--[^\n]*/, with: "")
        return Set(sql.matches(of: /'([^'\n]+)'/).map { String($0.1) })
    }

    /// The SQL files of the reconciliation.
    private static func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(Page.root)/Sources/Reconciliation/SQL").filter {
            $0.hasPrefix("recon_")
        }
    }

    /// Every code that a break can have.
    private static func codes() throws -> Set<String> {
        let sql = try files().reduce(into: Set<String>()) { try $0.formUnion(literals($1)) }
        return Set(sql.filter { $0.wholeMatch(of: code) != nil })
    }

    nonisolated(unsafe) private static let code =
        /(?:order|gateway|currency|status|amount|settlement|cod|response|payout|payment|transaction|bank)\.[a-z_]+/

    @Test("every break code that can be raised has a row, complete, and no other has")
    func codes() throws {
        let rows = Page.rows(in: try Page("docs/reconciliation.md").section("Break codes"))
        let written = Dictionary(rows.map { ($0[0], $0) }) { first, _ in first }
        #expect(written.count == rows.count, "a code stands twice")
        let codes = try Self.codes()
        #expect(codes.count > 15)
        #expect(Set(written.keys) == Set(codes.map { "`\($0)`" }))
        for row in rows { #expect(row.count == 5 && !row.contains(""), "\(row[0])") }
    }

    @Test("what to do is said of every code that can be raised")
    func actions() throws {
        let view = try Page("Sources/Schema/SQL/migrations/m046_break_codes.sql").text
        let listed = Set(view.matches(of: /\n    \('([a-z]+\.[a-z_]+)',/).map { String($0.1) })
        #expect(try Self.codes().subtracting(listed) == [])
    }

    @Test("the codes of a payment stand in the order in which they are judged")
    func ranks() throws {
        let sql = try Page("Sources/Reconciliation/SQL/recon_verdicts.sql").text
        let conditions = try #require(sql.firstMatch(of: /-- name: conditions[\s\S]*?-- name: payment-roots/)).0
        let ranked = conditions.matches(of: /\n    \((\d+), '([a-z]+\.[a-z_]+)'/).map {
            (rank: Int($0.1) ?? 0, code: String($0.2))
        }
        #expect(ranked.count > 15)
        #expect(ranked.map(\.rank) == ranked.map(\.rank).sorted())
        let written = Page.rows(in: try Page("docs/reconciliation.md").section("Break codes")).map {
            $0[0].replacing("`", with: "")
        }
        let codes = ranked.map(\.code)
        #expect(written.filter { codes.contains($0) } == codes)
    }

    @Test("every bucket and every reason stands in the table of buckets")
    func buckets() throws {
        let written = Page.code(in: try Page("docs/reconciliation.md").section("Buckets"))
        let codes = try Self.codes()
        let ignored: Set = [
            "statement", "ledger", "refund", "payout", "conversion_in", "conversion_out", "live", "changed",
            "reserve_hold", "reserve_release", "line_difference", "bank_credit", "bank_debit", "dispute", "gross",
        ]
        let literals = try Self.literals("recon_allocations.sql").subtracting(codes).subtracting(ignored)
        #expect(literals.contains("in_transit_gateway"))
        for literal in literals { #expect(written.contains(literal), "\(literal)") }
    }
}
