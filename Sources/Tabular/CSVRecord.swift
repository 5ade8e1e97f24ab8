package import Diagnostics

/// One record of a CSV file, borrowed from its reader until the reader's next call.
package struct CSVRecord {
    private let reader: CSVReader

    init(reader: CSVReader) { self.reader = reader }

    /// The number of fields.
    package var count: Int { reader.collector.pointee.count }

    /// The physical line on which the record begins; the first line of the file is 1.
    package var line: Int { reader.recordLine }

    /// The field's bytes in UTF-8, quotes taken off; nil for an empty field without quotes, which is CSV's NULL.
    package subscript(index: Int) -> FieldBytes? {
        precondition(index >= 0 && index < count, "a field that the record does not have")
        let collector = reader.collector.pointee
        let span = collector.spans[index]
        return span.count < 0 ? nil : FieldBytes(start: collector.bytes + span.start, count: span.count)
    }

    /// The field as a text; empty for nil.
    package func text(_ index: Int) -> String {
        self[index].map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// All fields as texts: for headers and small files.
    package var texts: [String] { (0..<count).map(text) }

    /// The record as it stands in the file (in UTF-8), without its line ending.
    package var raw: FieldBytes { reader.rawRecord }

    /// The file, and the line and column (in characters) at which the field begins: for errors.
    package func location(of index: Int) -> Location { reader.location(of: index) }
}
