import Diagnostics
import Testing

@Suite("docs/errors.md lists what the program can end with")
struct ErrorPageTests {
    @Test("every error code, with its exit code, what it means and what to do; and no other")
    func codes() throws {
        let rows = Page.rows(in: try Page("docs/errors.md").section("Error codes"))
        let written = Dictionary(rows.map { ($0[0], $0) }) { first, _ in first }
        #expect(written.count == rows.count, "a code stands twice")
        for code in ErrorCode.allCases {
            let row = try #require(written["`\(code.rawValue)`"], "\(code.rawValue) is missing")
            try #require(row.count == 4)
            #expect(row[1] == "\(code.exitCode.rawValue)", "\(code.rawValue)")
            #expect(!row[2].isEmpty && !row[3].isEmpty, "\(code.rawValue)")
        }
        let known = Set(ErrorCode.allCases.map { "`\($0.rawValue)`" })
        #expect(Set(written.keys).subtracting(known).isEmpty)
    }

    @Test("every exit code that an error has stands in the list of exit codes")
    func exitCodes() throws {
        let rows = Page.rows(in: try Page("docs/errors.md").section("Exit codes"))
        let listed = Set(rows.map { $0[0] })
        for code in ErrorCode.allCases { #expect(listed.contains("\(code.exitCode.rawValue)")) }
        for code in [
            ExitCode.done, .failed, .usage, .breaksOverLimit, .inputRefused, .locked, .interrupted, .terminated,
        ] {
            #expect(listed.contains("\(code.rawValue)"))
        }
    }
}
