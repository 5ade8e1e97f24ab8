/// What became of a statement file.
package enum ImportOutcome: Sendable, Equatable {
    /// A file with the same content was imported before, under this name; nothing was written.
    case alreadyImported(fileName: String)
    case imported(ImportedStatement)
    /// A file that was imported before under this name: so many of its lines took the place of earlier ones.
    case superseded(fileName: String, lines: Int)
}

/// A file that was imported, with its control totals.
package struct ImportedStatement: Sendable, Equatable {
    /// `mainspring.files.file_id`.
    package let fileID: Int64
    /// Lines in the file, the header and the footer left out: the sum of the four that follow.
    package let lines: Int
    package let live: Int
    /// Lines that an earlier file brought with the same content.
    package let resent: Int
    /// Lines whose id stands earlier in this file.
    package let duplicates: Int
    /// Lines that an earlier file brought with other content; the earlier one stands.
    package let changed: Int
    /// Of the live ones those that took the place of an earlier file's.
    package let superseding: Int
    /// Rows that can't be read and were left out, which `lines` doesn't count, and the file that they are in.
    package let rejected: Int
    package let rejectsFile: String?
    /// By line type and currency.
    package let totals: [ControlTotal]
}

/// How many lines of a type a file has in a currency, and what they come to, in major units with two decimals.
package struct ControlTotal: Sendable, Equatable {
    package let lineType: String
    package let currency: String
    package let lines: Int
    package let gross: String
    package let deductions: String
    package let net: String
}
