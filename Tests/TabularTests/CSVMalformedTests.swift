import Diagnostics
import Testing

@testable import Tabular

/// libcsv alone would lose rows, report success, or know no place in each of these cases.
@Suite("Bad CSV is refused with its place")
struct CSVMalformedTests {
    @Test("an unclosed quote is reported where it opened, not at the end of the file")
    func unclosedQuote() {
        let failure = refusal("a,b\n1,2\n3,\"four\n5,6\n7,8\n")
        #expect(failure?.code == .csvMalformed)
        #expect(place(failure) == [3, 3])
        #expect(failure?.message.contains("field 2") == true)
    }

    @Test("an unclosed quote in the last field, with and without a line ending")
    func unclosedAtEnd() {
        #expect(place(refusal("a,b\n1,\"")) == [2, 3])
        #expect(place(refusal("a,b\n1,\"x\n")) == [2, 3])
        #expect(place(refusal("\"")) == [1, 1])
    }

    @Test("a quote left open that a later quote seems to close is reported where it opened")
    func swallowedLines() {
        let failure = refusal("a,b\n1,\"left open\n2,\"x\"\n3,4\n")
        #expect(failure?.code == .csvMalformed)
        #expect(place(failure) == [2, 3])
    }

    @Test(
        "a quote inside an unquoted field", arguments: ["a,b\n1,x\"y\n", "a,b\n1,x\"y\n2,3\n4,\"5\"\n", "a,b\n1,x\""])
    func strayQuote(text: String) {
        let failure = refusal(text)
        #expect(failure?.code == .csvMalformed)
        #expect(place(failure) == [2, 4])
    }

    @Test("text behind a closing quote", arguments: ["a,b\n1,\"x\"y\n", "a,b\n1,\"x\"y,\"\n"])
    func textBehindQuote(text: String) {
        let failure = refusal(text)
        #expect(failure?.code == .csvMalformed)
        #expect(place(failure) == [2, 6])
    }

    @Test("two quoted texts in one field")
    func twoQuotedTexts() {
        #expect(place(refusal("a\n\"x\" \"y\"\n")) == [2, 5])
    }

    @Test("a NUL byte", arguments: ["a,b\n1,x\u{0}y\n", "a,b\n1,x\u{0}", "a,b\n1,\"\u{0}\"\n"])
    func nul(text: String) {
        let failure = refusal(text)
        #expect(failure?.code == .csvMalformed)
        #expect(failure?.message.contains("NUL") == true)
        #expect(place(failure) == [2, 4])
    }

    @Test("records before the bad one are given out, and nothing after it")
    func recordsBefore() throws {
        try withFolder { folder in
            try put(Array("a\nb\nc\"\nd\n".utf8), "\(folder)/in.csv")
            let reader = try CSVReader(path: "\(folder)/in.csv")
            #expect(try reader.next()?.texts == ["a"])
            #expect(try reader.next()?.texts == ["b"])
            #expect(throws: Failure.self) { try reader.next() }
            #expect(throws: Failure.self) { try reader.next() }
        }
    }

    @Test("a field longer than the limit")
    func longField() {
        let failure = refusal("a,b\n1, \(String(repeating: "x", count: 11))\n", CSVReaderOptions(maxFieldBytes: 10))
        #expect(failure?.code == .csvMalformed)
        #expect(place(failure) == [2, 4])
        #expect(refusal("a,b\n1,0123456789\n", CSVReaderOptions(maxFieldBytes: 10)) == nil)
    }

    @Test("a record longer than the limit, in one line or within a quote")
    func longRecord() {
        let options = CSVReaderOptions(maxRecordBytes: 1000)
        #expect(place(refusal("a\n" + String(repeating: "x,", count: 600), options)) == [2, 1])
        #expect(place(refusal("a\nb,\"" + String(repeating: "x\n", count: 600), options)) == [2, 3])
        // The stray quote is the cause, not the length that follows from it.
        let stray = "a\nb\"" + String(repeating: "x\n", count: 600_000)
        #expect(place(refusal(stray, options)) == [2, 2])
    }

    @Test("a line of 200 MB is refused in constant memory")
    func hugeLine() throws {
        try withFolder { folder in
            let path = "\(folder)/in.csv"
            let sink = try ByteSink(path: path)
            let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            for _ in 0..<200 { try piece.withUnsafeBytes { try sink.append($0) } }
            try sink.finish()
            let reader = try CSVReader(path: path)
            #expect(throws: Failure.self) { try reader.next() }
            #expect(reader.heldBytes < 16 << 20)
        }
    }

    @Test("a million records are read in constant memory")
    func manyRecords() throws {
        try withFolder { folder in
            let path = "\(folder)/in.csv"
            let sink = try ByteSink(path: path)
            let rows = Array("17,\"ORD-2026-00017\",1234.50,PKR,\n".utf8)
            for _ in 0..<1_000_000 { try rows.withUnsafeBytes { try sink.append($0) } }
            try sink.finish()
            let reader = try CSVReader(path: path)
            var records = 0
            var lastLine = 0
            while let record = try reader.next() {
                records += 1
                lastLine = record.line
            }
            #expect(records == 1_000_000)
            #expect(lastLine == 1_000_000)
            #expect(reader.heldBytes < 1 << 20)
        }
    }
}
