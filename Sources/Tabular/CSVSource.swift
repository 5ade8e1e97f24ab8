import Diagnostics
import Glibc

/// The bytes of a CSV file in UTF-8, whatever its encoding, without its byte order mark.
///
/// What is no character in the file's encoding becomes the byte 0xFF, which UTF-8 never holds: the reader, which knows
/// lines and columns, finds it there.
final class CSVSource {
    private let path: String
    private let encoding: CSVReaderOptions.Encoding
    private let descriptor: Int32
    private var isAtStart = true
    private var isBigEndian = false
    /// Bytes as they stand in the file, for the encodings that are converted; `carried` of them are left over.
    private var raw: [UInt8] = []
    private var carried = 0
    private var isAtEnd = false
    /// The most bytes of one read; few in tests, which try every place where a piece may end, as pipes do.
    var readLimit = Int.max

    static let invalid: UInt8 = 0xFF

    init(path: String, encoding: CSVReaderOptions.Encoding) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fileFailure("The file cannot be opened", path, reading: true) }
        self.path = path
        self.encoding = encoding
        self.descriptor = descriptor
        if encoding != .utf8 { raw = [UInt8](repeating: 0, count: 64 * 1024) }
    }

    deinit { close(descriptor) }

    /// Reads some more bytes into `target`, which has room for at least 256 KiB; 0 at the end of the file.
    func fill(_ target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        var count = 0
        // A piece may be nothing but a byte order mark, or half a character.
        while count == 0, !isAtEnd {
            switch encoding {
            case .utf8: count = try fillUTF8(target)
            case .windows1252: count = try fillWindows1252(target)
            case .utf16: count = try fillUTF16(target)
            }
            isAtStart = false
        }
        return count
    }

    private func readSome(_ target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        while true {
            let count = read(descriptor, target.baseAddress, min(target.count, readLimit))
            if count >= 0 {
                if count == 0 { isAtEnd = true }
                return count
            }
            if errno != EINTR { throw fileFailure("The file cannot be read", path, reading: true) }
        }
    }

    /// A pipe may give a single byte: the beginning is read until the mark can be told.
    private func readStart(_ target: UnsafeMutableRawBufferPointer, atLeast wanted: Int) throws(Failure) -> Int {
        var count = 0
        while count < wanted, !isAtEnd {
            count += try readSome(UnsafeMutableRawBufferPointer(rebasing: target[count...]))
        }
        return count
    }

    private func fillUTF8(_ target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        guard isAtStart else { return try readSome(target) }
        let count = try readStart(target, atLeast: 3)
        if count >= 2, (target[0] == 0xFF && target[1] == 0xFE) || (target[0] == 0xFE && target[1] == 0xFF) {
            throw Failure(
                .csvEncoding, "The file is in UTF-16, and UTF-8 was expected.", at: .file(path, line: 1, column: 1),
                advice: "Set the encoding to utf-16, or save the file as UTF-8.")
        }
        guard count >= 3, target[0] == 0xEF, target[1] == 0xBB, target[2] == 0xBF else { return count }
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: target[3..<count]))
        return count - 3
    }

    private func fillWindows1252(_ target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let count = try fillRaw(atLeast: 1)
        var output = 0
        for byte in raw[..<count] { output += put(Windows1252.scalar(byte), target, output) }
        carried = 0
        return output
    }

    private func fillUTF16(_ target: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        var input = 0
        let count = try fillRaw(atLeast: 2)
        if isAtStart {
            guard count >= 2, (raw[0] == 0xFF && raw[1] == 0xFE) || (raw[0] == 0xFE && raw[1] == 0xFF) else {
                if count == 0 { return 0 }
                throw Failure(
                    .csvEncoding, "The file does not begin with the byte order mark of UTF-16.",
                    at: .file(path, line: 1, column: 1),
                    advice: "Set the encoding to utf-8 or windows-1252, whichever the file has.")
            }
            isBigEndian = raw[0] == 0xFE
            input = 2
        }
        var output = 0
        while input + 1 < count {
            let unit = unit(at: input)
            if UTF16.isLeadSurrogate(unit) {
                if input + 3 >= count, !isAtEnd { break }
                let next = input + 3 < count ? self.unit(at: input + 2) : 0
                if UTF16.isTrailSurrogate(next) {
                    let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(next) - 0xDC00)
                    output += put(Unicode.Scalar(value), target, output)
                    input += 4
                    continue
                }
            }
            output += put(Unicode.Scalar(UInt32(unit)), target, output)
            input += 2
        }
        carried = count - input
        if isAtEnd, carried > 0 {
            output += put(nil, target, output)
            carried = 0
        }
        raw.withUnsafeMutableBytes {
            $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[input..<(input + carried)]))
        }
        return output
    }

    /// Fills `raw` behind what is carried over; the number of bytes there.
    private func fillRaw(atLeast wanted: Int) throws(Failure) -> Int {
        var count = carried
        repeat {
            // A copy of the class's buffer is not made: it is moved out and back.
            var buffer: [UInt8] = []
            swap(&buffer, &raw)
            defer { swap(&buffer, &raw) }
            count += try buffer.withUnsafeMutableBufferPointer { (bytes) throws(Failure) in
                try readSome(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[count...]))
            }
        } while count < wanted && !isAtEnd
        return count
    }

    private func unit(at index: Int) -> UInt16 {
        let (first, second) = (UInt16(raw[index]), UInt16(raw[index + 1]))
        return isBigEndian ? first << 8 | second : second << 8 | first
    }

    /// Writes a scalar in UTF-8, or the mark of an invalid one; the number of bytes, at most 4.
    private func put(_ scalar: Unicode.Scalar?, _ target: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int {
        guard let scalar else {
            target[offset] = CSVSource.invalid
            return 1
        }
        if scalar.isASCII {
            target[offset] = UInt8(scalar.value)
            return 1
        }
        var count = 0
        for byte in scalar.utf8 {
            target[offset + count] = byte
            count += 1
        }
        return count
    }
}

/// Windows code page 1252: Latin-1 but for the bytes 80 to 9F, of which five are no characters.
enum Windows1252 {
    static func scalar(_ byte: UInt8) -> Unicode.Scalar? {
        guard (0x80...0x9F).contains(byte) else { return Unicode.Scalar(byte) }
        let value = table[Int(byte) - 0x80]
        return value == 0 ? nil : Unicode.Scalar(value)
    }

    private static let table: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]
}
