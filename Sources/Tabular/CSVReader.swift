package import Diagnostics

/// Reads a CSV file record by record, in constant memory, refusing by name whatever is not well formed.
package final class CSVReader {
    package let path: String
    /// When set, a record with another number of fields refuses the file.
    package var fieldCount: Int?

    /// Opens the file.
    package init(path: String, options: CSVReaderOptions = .init()) throws {
        throw Failure(.internalError, "CSV files are not read yet.")
    }

    /// The next record, nil at the end. It is borrowed: valid until the next call.
    ///
    /// Throws `csv.malformed` and `csv.encoding` with line and column; after an error the reader is done.
    package func next() throws(Failure) -> CSVRecord? { nil }
}

/// One record of a CSV file, borrowed from its reader until the reader's next call.
package struct CSVRecord {
    /// The number of fields.
    package var count: Int { 0 }
    /// The physical line on which the record begins; the first line of the file is 1.
    package var line: Int { 0 }
    /// The field's bytes in UTF-8; nil for an empty field without quotes, which is CSV's NULL.
    package subscript(index: Int) -> FieldBytes? { nil }
    /// The field as a text; empty for nil.
    package func text(_ index: Int) -> String { "" }
    /// The record as it stands in the file (in UTF-8), without its line ending.
    package var raw: FieldBytes { FieldBytes(start: nil, count: 0) }
    /// The file, and the line and column (in characters) at which the field begins.
    package func location(of index: Int) -> Location { .file("") }
}
