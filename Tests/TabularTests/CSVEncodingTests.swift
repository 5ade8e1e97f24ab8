import Diagnostics
import Testing

@testable import Tabular

@Suite("Encodings of CSV")
struct CSVEncodingTests {
    private static let windows = CSVReaderOptions(encoding: .windows1252)
    private static let wide = CSVReaderOptions(encoding: .utf16)

    private func utf16(_ text: String, bigEndian: Bool = false) -> [UInt8] {
        ("\u{FEFF}" + text).utf16.flatMap { unit -> [UInt8] in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return bigEndian ? [high, low] : [low, high]
        }
    }

    @Test("UTF-8 of every length")
    func utf8() throws {
        #expect(try read("é,گھڑی,時計,⌚️😀\n") == [ReadRecord(1, ["é", "گھڑی", "時計", "⌚️😀"])])
    }

    @Test(
        "what is no UTF-8 is refused with line and column",
        arguments: [
            [0xE9], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC0, 0xAF], [0x80],
            [0xFF],
        ] as [[UInt8]])
    func invalid(bytes: [UInt8]) {
        for tail in [",z\n", "\n", ""] {
            let failure = refusal(Array("a,é\n1,xé".utf8) + bytes + Array(tail.utf8))
            #expect(failure?.code == .csvEncoding)
            #expect(place(failure) == [2, 5])
        }
    }

    @Test("a character across the reader's pieces is whole")
    func acrossPieces() throws {
        for shift in 0..<4 {
            let line = String(repeating: "x", count: shift) + String(repeating: "گ", count: 200_000)
            #expect(try read("a\n\(line)\n").last?.fields == [line])
        }
    }

    @Test("windows-1252 is converted")
    func windows1252() throws {
        let bytes: [UInt8] = [0x80, 0x2C, 0xE9, 0x2C, 0x93, 0x94, 0x2C, 0x9F, 0xFF, 0x0A]
        #expect(try read(bytes, Self.windows) == [ReadRecord(1, ["€", "é", "“”", "Ÿÿ"])])
    }

    @Test(
        "the five bytes that windows-1252 leaves empty are refused",
        arguments: [0x81, 0x8D, 0x8F, 0x90, 0x9D] as [UInt8])
    func windows1252Gaps(byte: UInt8) {
        let failure = refusal(Array("a,b\n".utf8) + [0xE9, 0x2C, byte, 0x0A], Self.windows)
        #expect(failure?.code == .csvEncoding)
        #expect(place(failure) == [2, 3])
    }

    @Test("UTF-16 in both orders", arguments: [false, true])
    func utf16(bigEndian: Bool) throws {
        let bytes = utf16("a,گھڑی\r\n😀,\"x,\r\ny\"\r\n", bigEndian: bigEndian)
        #expect(try read(bytes, Self.wide) == [ReadRecord(1, ["a", "گھڑی"]), ReadRecord(2, ["😀", "x,\r\ny"])])
    }

    @Test("a large file of UTF-16: surrogates across pieces are whole")
    func utf16Pieces() throws {
        for shift in 0..<2 {
            let line = String(repeating: "x", count: shift) + String(repeating: "😀", count: 100_000)
            #expect(try read(utf16("a\n\(line)\n"), Self.wide).last?.fields == [line])
        }
    }

    @Test("UTF-16 with half a pair, half a unit or no mark is refused")
    func utf16Invalid() {
        let half = refusal([0xFF, 0xFE, 0x61, 0x00, 0x3D, 0xD8, 0x0A, 0x00], Self.wide)
        #expect(half?.code == .csvEncoding)
        #expect(place(half) == [1, 2])
        #expect(place(refusal([0xFF, 0xFE, 0x61, 0x00, 0x3D, 0xD8], Self.wide)) == [1, 2])
        #expect(place(refusal([0xFF, 0xFE, 0x61, 0x00, 0x62], Self.wide)) == [1, 2])
        #expect(refusal(Array("a,b\n".utf8), Self.wide)?.code == .csvEncoding)
    }

    @Test("UTF-16 where UTF-8 was expected says so")
    func unexpectedUTF16() {
        let failure = refusal(utf16("a,b\n"))
        #expect(failure?.code == .csvEncoding)
        #expect(failure?.advice?.contains("utf-16") == true)
    }

    @Test("an empty file is empty in every encoding", arguments: CSVReaderOptions.Encoding.allCases)
    func empty(encoding: CSVReaderOptions.Encoding) throws {
        #expect(try read([], CSVReaderOptions(encoding: encoding)).isEmpty)
    }
}
