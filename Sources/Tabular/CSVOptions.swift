/// Who reads a CSV file.
package enum CSVProfile: String, Sendable {
    /// People, in a spreadsheet: text that it would run as a formula is made inert by an apostrophe before it.
    case spreadsheet
    /// Programs: every text as it is.
    case machine
}

/// How a CSV file is written. Always RFC 4180 with a header, UTF-8, a point as decimal mark.
package struct CSVWriterOptions: Sendable, Equatable {
    /// The bytes at the end of each record.
    package enum LineEnding: String, Sendable { case lf, crlf }

    package var profile: CSVProfile
    package var delimiter: UInt8
    package var lineEnding: LineEnding
    /// Old versions of Excel need it to see UTF-8.
    package var byteOrderMark: Bool
    /// What NULL is written as, never quoted. A text equal to it is quoted, so that the two stay apart.
    package var nullText: String

    package init(
        profile: CSVProfile = .spreadsheet, delimiter: UInt8 = UInt8(ascii: ","), lineEnding: LineEnding = .lf,
        byteOrderMark: Bool = false, nullText: String = ""
    ) {
        self.profile = profile
        self.delimiter = delimiter
        self.lineEnding = lineEnding
        self.byteOrderMark = byteOrderMark
        self.nullText = nullText
    }
}
