import Diagnostics
import Testing

@Suite("A failure says what, where and what next")
struct FailureTests {
    @Test("on one line, with its code first")
    func description() {
        let failure = Failure(
            .csvMalformed, "The quote that opens here is never closed.",
            at: .file("stripe.csv", line: 7, column: 3), advice: "Ask for the file again.")
        #expect(
            failure.description
                == "csv.malformed: The quote that opens here is never closed. (stripe.csv:7:3) Ask for the file again.")
    }

    @Test("a code's own advice stands in where none is given")
    func advice() {
        #expect(Failure(.schemaBehind, "Two migrations are missing.").advice == "Run `mainspring migrate`.")
    }

    @Test("codes are words with dots, each once, and each ends the process with a documented exit code")
    func codes() {
        let documented: Set<Int32> = [1, 2, 4, 75, 130, 143]
        var seen: Set<String> = []
        for code in ErrorCode.allCases {
            #expect(code.rawValue.wholeMatch(of: /[a-z_]+(\.[a-z_]+)*/) != nil)
            #expect(seen.insert(code.rawValue).inserted)
            #expect(documented.contains(code.exitCode.rawValue), "\(code)")
        }
    }
}
