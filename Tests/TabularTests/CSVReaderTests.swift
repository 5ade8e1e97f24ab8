import Diagnostics
import Foundation
import Testing

@testable import Tabular

/// A record as a test compares it: nil is an empty field without quotes.
struct ReadRecord: Equatable {
    var line: Int
    var fields: [String?]
    init(_ line: Int, _ fields: [String?]) { (self.line, self.fields) = (line, fields) }
}

/// All records of a file's bytes.
func read(_ bytes: [UInt8], _ options: CSVReaderOptions = .init()) throws -> [ReadRecord] {
    try withFolder { folder in
        try put(bytes, "\(folder)/in.csv")
        let reader = try CSVReader(path: "\(folder)/in.csv", options: options)
        var records: [ReadRecord] = []
        while let record = try reader.next() {
            let fields = (0..<record.count).map { index in
                record[index].map { String(decoding: $0, as: UTF8.self) }
            }
            records.append(ReadRecord(record.line, fields))
        }
        return records
    }
}

func read(_ text: String, _ options: CSVReaderOptions = .init()) throws -> [ReadRecord] {
    try read(Array(text.utf8), options)
}

/// The failure that reading ends with.
func refusal(_ bytes: [UInt8], _ options: CSVReaderOptions = .init()) -> Failure? {
    do {
        _ = try read(bytes, options)
        return nil
    } catch {
        return error as? Failure
    }
}

func refusal(_ text: String, _ options: CSVReaderOptions = .init()) -> Failure? { refusal(Array(text.utf8), options) }

/// Line and column of a failure.
func place(_ failure: Failure?) -> [Int?] {
    guard case .file(_, let line, let column)? = failure?.location else { return [] }
    return [line, column]
}

@Suite("CSV is read record by record")
struct CSVReaderTests {
    @Test("fields, quotes and NULL")
    func fields() throws {
        let records = try read("a,b,c\n1,\"x, \"\"y\"\"\",\n\"\",,\"\"\n")
        #expect(
            records == [
                ReadRecord(1, ["a", "b", "c"]), ReadRecord(2, ["1", "x, \"y\"", nil]), ReadRecord(3, ["", nil, ""]),
            ])
    }

    @Test("every line ending ends one line", arguments: ["\n", "\r\n", "\r"])
    func lineEndings(ending: String) throws {
        let text = ["a,b", "1,\"two\(ending)lines\"", "", "3,4"].joined(separator: ending) + ending
        #expect(
            try read(text) == [
                ReadRecord(1, ["a", "b"]), ReadRecord(2, ["1", "two\(ending)lines"]), ReadRecord(5, ["3", "4"]),
            ])
    }

    @Test(
        "a last line without a line ending is a record", arguments: ["3,4", "3,\"4\"", "3,", "\"3\",\"\"", " 3 , 4 "])
    func missingFinalNewline(last: String) throws {
        let records = try read("a,b\n\(last)")
        #expect(records.count == 2)
        #expect(records.last?.line == 2)
        #expect(records.last?.fields.first == "3")
    }

    @Test("empty lines are no records, and still count as lines")
    func blankLines() throws {
        let records = try read("\n\na,b\n\n  \t \n1,2\r\n\r\n3,4\n\n")
        #expect(records == [ReadRecord(3, ["a", "b"]), ReadRecord(6, ["1", "2"]), ReadRecord(8, ["3", "4"])])
    }

    @Test("an empty file has no records", arguments: ["", "\n", "\r\n\r\n", "\u{FEFF}", "\u{FEFF}\n"])
    func empty(text: String) throws {
        #expect(try read(text).isEmpty)
    }

    @Test("line endings inside quotes are kept, and count as lines")
    func quotedLines() throws {
        let records = try read("a,\"1\n2\r\n3\r4\",b\nx,y,z\n")
        #expect(records == [ReadRecord(1, ["a", "1\n2\r\n3\r4", "b"]), ReadRecord(5, ["x", "y", "z"])])
    }

    @Test("a byte order mark goes, also before a quoted header")
    func byteOrderMark() throws {
        #expect(try read("\u{FEFF}\"id\",b\n1,2\n") == [ReadRecord(1, ["id", "b"]), ReadRecord(2, ["1", "2"])])
        #expect(place(refusal("\u{FEFF}id,b\"c\n")) == [1, 5])
    }

    @Test("blanks at the ends of a field are stripped, inside quotes they stay")
    func blanksTrimmed() throws {
        #expect(try read("  a b\t, \" c \" ,\t\n") == [ReadRecord(1, ["a b", " c ", nil])])
    }

    @Test("blanks are kept on request, and then none may stand beside a quote")
    func blanksKept() throws {
        let options = CSVReaderOptions(blanks: .kept)
        #expect(try read(" a ,\" b \", \n \n", options) == [ReadRecord(1, [" a ", " b ", " "]), ReadRecord(2, [" "])])
        #expect(refusal("\"a\" ,b\n", options)?.code == .csvMalformed)
        #expect(refusal("a, \"b\"\n", options)?.code == .csvMalformed)
    }

    @Test("other delimiters and quotes")
    func delimiters() throws {
        let tabs = CSVReaderOptions(delimiter: UInt8(ascii: "\t"))
        #expect(try read("a\t\"b\tc\"\t\n", tabs) == [ReadRecord(1, ["a", "b\tc", nil])])
        let single = CSVReaderOptions(delimiter: UInt8(ascii: ";"), quote: UInt8(ascii: "'"))
        #expect(try read("a;'b;''c';\"d\n", single) == [ReadRecord(1, ["a", "b;'c", "\"d"])])
        #expect(refusal("a", CSVReaderOptions(delimiter: 0x22))?.code == .configInvalid)
        #expect(refusal("a", CSVReaderOptions(delimiter: UInt8(ascii: "\n")))?.code == .configInvalid)
    }

    @Test("each field's place is known, in characters")
    func places() throws {
        try withFolder { folder in
            let path = "\(folder)/in.csv"
            try put(Array("گھڑی,b\n\"x\ny\" ,  z, \"q\",\n".utf8), path)
            let reader = try CSVReader(path: path)
            let first = try #require(try reader.next())
            #expect(first.location(of: 1) == .file(path, line: 1, column: 6))
            let second = try #require(try reader.next())
            #expect(
                (0..<4).map(second.location) == [
                    .file(path, line: 2, column: 1), .file(path, line: 3, column: 7), .file(path, line: 3, column: 10),
                    .file(path, line: 3, column: 14),
                ])
            #expect(String(decoding: second.raw, as: UTF8.self) == "\"x\ny\" ,  z, \"q\",")
            #expect(second.texts == ["x\ny", "z", "q", ""])
            #expect(try reader.next() == nil)
        }
    }

    @Test("a ragged record is refused by name once the header is known")
    func ragged() throws {
        try withFolder { folder in
            let path = "\(folder)/in.csv"
            try put(Array("a,b\n1,2\n1,2,3\n4,5\n".utf8), path)
            let reader = try CSVReader(path: path)
            reader.fieldCount = try #require(try reader.next()).count
            _ = try reader.next()
            let expected = Failure(
                .csvMalformed, "The record has 3 fields, and 2 were expected.", at: .file(path, line: 3, column: 1),
                advice: "Look for a delimiter inside a field without quotes, or a line that was cut off.")
            #expect(throws: expected) { try reader.next() }
            // The reader is done: it does not go on behind an error.
            #expect(throws: expected) { try reader.next() }
        }
    }

    @Test("a file that is not there, and a folder, are named")
    func unreadable() throws {
        try withFolder { folder in
            let failure = #expect(throws: Failure.self) { try CSVReader(path: "\(folder)/none.csv") }
            #expect(failure?.code == .fileUnreadable)
            #expect(failure?.location == .file("\(folder)/none.csv"))
            let reader = try CSVReader(path: folder)
            #expect(throws: Failure.self) { try reader.next() }
        }
    }
}
