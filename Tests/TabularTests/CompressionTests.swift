import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Tabular

@Suite("Files are compressed while they are written")
struct CompressionTests {
    private static let columns = [Column("id", kind: .integer), Column("text")]

    private func write(_ path: String, _ compression: Compression?, rows: Int = 20_000) throws {
        let writer = try CSVWriter(path: path, columns: Self.columns, compression: compression)
        for row in 0..<rows { try writer.write(["\(row)", "گھڑی \(row % 97), \"new\""]) }
        #expect(try writer.finish().rows == rows)
    }

    @Test("gzip and zstd themselves read them, to the byte", arguments: Compression.allCases)
    func readBack(compression: Compression) throws {
        try withFolder { folder in
            try write("\(folder)/plain.csv", nil)
            let path = "\(folder)/file.csv.\(compression.rawValue)"
            try write(path, compression)
            let plain = try contents("\(folder)/plain.csv")
            #expect(try contents(path).count < plain.count / 4)
            let program = compression == .gzip ? "gzip" : "zstd"
            #expect(try Tool.run(program, ["-dc", path]) == plain)
            // It is whole by the format's own check sum.
            _ = try Tool.run(program, ["-tq", path])
        }
    }

    @Test("the same rows make the same bytes, whenever they are written", arguments: Compression.allCases)
    func sameBytes(compression: Compression) throws {
        try withFolder { folder in
            try write("\(folder)/one", compression, rows: 500)
            sleepPastZipClock()
            try write("\(folder)/two", compression, rows: 500)
            #expect(try contents("\(folder)/one") == contents("\(folder)/two"))
        }
    }

    @Test("a field larger than every buffer, and a table without rows", arguments: Compression.allCases)
    func sizes(compression: Compression) throws {
        let large = String(repeating: "x\"گ,", count: 300_000)
        for rows in [[], [["1", large]]] {
            try withFolder { folder in
                let packed = "\(folder)/file.\(compression.rawValue)"
                for (path, compression) in [("\(folder)/plain", nil), (packed, compression)] {
                    let writer = try CSVWriter(path: path, columns: Self.columns, compression: compression)
                    for row in rows { try writer.write(row) }
                    _ = try writer.finish()
                }
                let program = compression == .gzip ? "gzip" : "zstd"
                #expect(try Tool.run(program, ["-dc", packed]) == contents("\(folder)/plain"))
            }
        }
    }

    @Test("a disk that is full is told, and nothing is left", arguments: Compression.allCases)
    func diskFull(compression: Compression) throws {
        func fill(_ path: String) {
            let failure = #expect(throws: Failure.self) {
                var generator = SeededGenerator(seed: 1)
                let writer = try CSVWriter(path: path, columns: Self.columns, compression: compression)
                // Nothing that could be packed.
                for row in 0..<60_000 {
                    let words = (0..<4).map { _ in String(UInt64.random(in: 0 ... .max, using: &generator), radix: 36) }
                    try writer.write(["\(row)", words.joined()])
                }
                _ = try writer.finish()
            }
            #expect(failure?.code == .diskFull)
        }
        try withSmallDisk(kilobytes: 512, otherwise: { fill("/dev/full") }) { folder in
            fill("\(folder)/file")
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }
}

@Suite("CSV is read by others as it was written")
struct CSVByOthersTests {
    static let seeds: [UInt64] = [1, 2, UInt64.random(in: 3 ... .max)]

    /// Python's csv knows no NULL: it reads an empty text.
    @Test("by Python's csv, in both profiles", arguments: seeds)
    func python(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = ["a", ",", "\"", "\n", "\r", "\r\n", " ", "\t", "=", "'", "é", "گ", "😀", "\\", "\u{FEFF}"]
        let rows: [[String?]] = (0..<400).map { _ in
            (0..<3).map { _ in
                guard Int.random(in: 0..<6, using: &generator) > 0 else { return nil }
                let count = Int.random(in: 0..<6, using: &generator)
                return (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
            }
        }
        let columns = (0..<3).map { Column("c\($0)") }
        let script = """
            import csv, json, sys
            with open(sys.argv[1], newline='', encoding=sys.argv[2]) as file:
                for row in csv.reader(file, strict=True): print(json.dumps(row))
            """
        for (profile, encoding) in [(CSVProfile.machine, "utf-8"), (.spreadsheet, "utf-8-sig")] {
            for ending in [CSVWriterOptions.LineEnding.lf, .crlf] {
                try withFolder { folder in
                    var options = CSVWriterOptions(profile: profile, lineEnding: ending)
                    options.byteOrderMark = profile == .spreadsheet
                    let writer = try CSVWriter(path: "\(folder)/file.csv", columns: columns, options: options)
                    for row in rows { try writer.write(row) }
                    _ = try writer.finish()
                    let output = try Tool.run("python3", ["-c", script, "\(folder)/file.csv", encoding])
                    let read = try output.split(separator: UInt8(ascii: "\n")).map {
                        try JSONDecoder().decode([String].self, from: Data($0))
                    }
                    let guarded = rows.map { $0.map { text in Self.guarded(text ?? "", profile) } }
                    #expect(Array(read.dropFirst()) == guarded, "seed \(seed), \(profile)")
                }
            }
        }
    }

    /// What a spreadsheet would run stands behind an apostrophe.
    private static func guarded(_ text: String, _ profile: CSVProfile) -> String {
        guard profile == .spreadsheet, let first = text.unicodeScalars.first else { return text }
        return "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) ? "'" + text : text
    }
}
