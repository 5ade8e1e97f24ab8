import CLibCSV
import Diagnostics
import Testing

@testable import Tabular

/// What libcsv makes of a whole file at once, in the same strict mode.
private final class PlainParse {
    var records: [[String?]] = []
    private var fields: [String?] = []

    /// Nil when strict mode refuses.
    static func parse(_ bytes: [UInt8]) -> [[String?]]? {
        var parser = csv_parser()
        csv_init(&parser, UInt8(CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL))
        defer { csv_free(&parser) }
        let result = PlainParse()
        let context = Unmanaged.passUnretained(result).toOpaque()
        let onField: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void = {
            field, count, context in
            guard let context else { return }
            let text = field.map { String(decoding: UnsafeRawBufferPointer(start: $0, count: count), as: UTF8.self) }
            Unmanaged<PlainParse>.fromOpaque(context).takeUnretainedValue().fields.append(text)
        }
        let onRecord: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = { _, context in
            guard let context else { return }
            let parse = Unmanaged<PlainParse>.fromOpaque(context).takeUnretainedValue()
            parse.records.append(parse.fields)
            parse.fields = []
        }
        let count = bytes.withUnsafeBytes { csv_parse(&parser, $0.baseAddress, $0.count, onField, onRecord, context) }
        guard count == bytes.count, csv_fini(&parser, onField, onRecord, context) == 0 else { return nil }
        return result.records
    }
}

/// Our reader cuts a file into records before libcsv sees them. That must change nothing: not one field, not one
/// refusal, wherever the pieces end in which the file is read.
@Suite("Record by record is the same as all at once")
struct CSVEquivalenceTests {
    static let seeds: [UInt64] = [1, 2, UInt64.random(in: 3 ... .max)]

    @Test("the same fields and the same refusals", arguments: seeds)
    func same(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = ["a", "b", ",", ",", "\"", "\"", "\"\"", "\n", "\r", "\r\n", " ", "\t", "é", "😀"]
        try withFolder { folder in
            let path = "\(folder)/in.csv"
            for _ in 0..<4000 {
                let count = Int.random(in: 0..<24, using: &generator)
                let text = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
                try put(Array(text.utf8), path)
                let reader = try CSVReader(path: path)
                reader.source.readLimit = Int.random(in: 1..<9, using: &generator)
                var records: [[String?]]? = []
                do {
                    while let record = try reader.next() {
                        let fields = (0..<record.count).map { index in
                            record[index].map { String(decoding: $0, as: UTF8.self) }
                        }
                        records?.append(fields)
                        try #require(record.line >= 1)
                    }
                } catch let failure as Failure {
                    #expect(failure.code == .csvMalformed)
                    #expect(place(failure).allSatisfy { ($0 ?? 0) >= 1 })
                    records = nil
                }
                #expect(records == PlainParse.parse(Array(text.utf8)), "seed \(seed): \(text.debugDescription)")
            }
        }
    }

    @Test("bytes of any kind are read or refused by name, never more", arguments: seeds)
    func anyBytes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for encoding in CSVReaderOptions.Encoding.allCases {
            for _ in 0..<300 {
                let count = Int.random(in: 0..<64, using: &generator)
                var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                if encoding == .utf16, Bool.random(using: &generator) { bytes = [0xFF, 0xFE] + bytes }
                let failure = refusal(bytes, CSVReaderOptions(encoding: encoding))
                let expected: [ErrorCode?] = [nil, .csvMalformed, .csvEncoding]
                #expect(expected.contains(failure?.code), "seed \(seed)")
            }
        }
    }

    @Test("pieces of one byte, in every encoding")
    func smallPieces() throws {
        let text = "گ,\"😀\r\n\"\"x\"\"\"\r\nü,€\r\n"
        let utf16 = ("\u{FEFF}" + text).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        try withFolder { folder in
            for (bytes, encoding) in [
                (Array(("\u{FEFF}" + text).utf8), CSVReaderOptions.Encoding.utf8), (utf16, .utf16),
            ] {
                try put(bytes, "\(folder)/in.csv")
                for limit in 1...5 {
                    let reader = try CSVReader(path: "\(folder)/in.csv", options: .init(encoding: encoding))
                    reader.source.readLimit = limit
                    #expect(try reader.next()?.texts == ["گ", "😀\r\n\"x\""])
                    let last = try reader.next()
                    #expect(last?.texts == ["ü", "€"] && last?.line == 3)
                    let end = try reader.next()
                    #expect(end == nil)
                }
            }
        }
    }
}
