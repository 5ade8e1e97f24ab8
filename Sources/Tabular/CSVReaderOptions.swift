/// How a CSV file is read.
package struct CSVReaderOptions: Sendable, Equatable {
    /// How the file's bytes stand for characters.
    package enum Encoding: String, Sendable, CaseIterable {
        /// A byte order mark at the beginning is taken off.
        case utf8 = "utf-8"
        case windows1252 = "windows-1252"
        /// With a byte order mark, which says the order.
        case utf16 = "utf-16"
    }

    /// What becomes of spaces and tabs around fields.
    package enum Blanks: String, Sendable {
        /// Spaces and tabs at the ends of a field are taken off, those inside its quotes are kept: what statements
        /// of banks need, and libcsv's own way.
        case trimmed
        /// Every blank counts, as RFC 4180 says; none may stand between a quote and a delimiter.
        case kept
    }

    /// One ASCII character.
    package var delimiter: UInt8
    package var quote: UInt8
    package var encoding: Encoding
    package var blanks: Blanks
    /// A longer field refuses the file.
    package var maxFieldBytes: Int
    /// A longer record (a line, or several that a quote holds together) refuses the file; bounds the memory.
    package var maxRecordBytes: Int

    package init(
        delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8 = UInt8(ascii: "\""), encoding: Encoding = .utf8,
        blanks: Blanks = .trimmed, maxFieldBytes: Int = 1 << 20, maxRecordBytes: Int = 4 << 20
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.encoding = encoding
        self.blanks = blanks
        self.maxFieldBytes = maxFieldBytes
        self.maxRecordBytes = maxRecordBytes
    }
}
