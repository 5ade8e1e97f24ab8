import Configuration
import Diagnostics
import Testing

@Suite("A YAML file is read strictly")
struct YAMLNodeTests {
    private func node(_ text: String) throws -> YAMLNode { try YAMLNode.parse(text: text, file: "job.yml") }

    @Test("an unknown key names its place and the nearest valid key")
    func unknownKey() throws {
        let root = try node("job: nightly\nscedule: daily\n")
        let failure = try #require(throws: Failure.self) { try root.mapping(allowed: ["job", "schedule"]) }
        #expect(failure.code == .configUnknownKey)
        #expect(failure.location == .file("job.yml", line: 2, column: 1))
        #expect(failure.advice == "Did you mean “schedule”?")
    }

    @Test("a missing key, a wrong type and a key that stands twice are refused by name")
    func missingWrongTwice() throws {
        let root = try node("a: [1]\nb: yes\nc: text\n").mapping(allowed: ["a", "b", "c"])
        #expect(try #require(throws: Failure.self) { try root.required("d") }.code == .configMissingKey)
        #expect(try #require(throws: Failure.self) { try root.required("a").string() }.code == .configWrongType)
        #expect(try #require(throws: Failure.self) { try root.required("b").boolean() }.code == .configWrongType)
        let number = try #require(throws: Failure.self) { try root.required("c").integer() }
        #expect(number.location == .file("job.yml", line: 3, column: 4))
        let twice = try #require(throws: Failure.self) { try node("a: 1\na: 2\n") }
        #expect(twice.code == .configSyntax)
        #expect(twice.message.contains("a"))
    }

    @Test("YAML guesses no types: no, 1e3 and dates stay text, null says nothing")
    func noGuesses() throws {
        let root = try node("a: no\nb: 1e3\nc: 2026-06-30\nd: ~\ne: 'null'\nf: 12\ng: true\n")
            .mapping(allowed: ["a", "b", "c", "d", "e", "f", "g"])
        #expect(try root.required("a").string() == "no")
        #expect(try root.required("b").string() == "1e3")
        #expect(try root.required("c").string() == "2026-06-30")
        #expect(root.optional("d") == nil)
        #expect(try root.required("e").string() == "null")
        #expect(try root.required("f").integer() == 12)
        #expect(try root.required("g").boolean())
    }

    @Test("broken YAML names line and column, counted from the file's own first line")
    func syntax() throws {
        let failure = try #require(throws: Failure.self) {
            try YAMLNode.parse(text: "a: [1\nb: 2\n", file: "r.sql", lineOffset: 10)
        }
        #expect(failure.code == .configSyntax)
        guard case .file("r.sql", let line?, _) = failure.location else {
            Issue.record("no place in \(failure)")
            return
        }
        #expect(line >= 11)
    }

    @Test("a file that is not there or is not UTF-8 is config.unreadable")
    func unreadable() throws {
        #expect(
            try #require(throws: Failure.self) { try YAMLNode.parse(file: "/nowhere/x.yml") }.code
                == .configUnreadable)
    }
}
