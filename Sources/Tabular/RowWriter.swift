/// One field of a row: UTF-8 bytes in PostgreSQL's text form. It is borrowed, and lives no longer than the call that
/// hands it over. A nil `FieldBytes?` is NULL.
package typealias FieldBytes = UnsafeRawBufferPointer

/// Where rows of a table go: a CSV file, a sheet of a workbook. Used by one thread at a time.
package protocol RowWriter: AnyObject {
    var columns: [Column] { get }

    /// Writes a row of as many fields as there are columns.
    func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws

    /// Ends the table. Without it a writer takes back what it wrote.
    func finish() throws -> WrittenTable
}

extension RowWriter {
    /// A row of texts, for small tables; nil is NULL.
    package func write(_ texts: [String?]) throws {
        // One buffer holds every field, so that all of them live until the row is written.
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for text in texts {
            bytes.append(contentsOf: (text ?? "").utf8)
            ends.append(bytes.count)
        }
        try bytes.withUnsafeBytes { buffer in
            var fields: [FieldBytes?] = []
            var start = 0
            for (text, end) in zip(texts, ends) {
                fields.append(text == nil ? nil : FieldBytes(rebasing: buffer[start..<end]))
                start = end
            }
            try fields.withUnsafeBufferPointer { try write($0) }
        }
    }
}

/// What a finished writer wrote: the control totals by which a reader, a manifest and a report agree.
package struct WrittenTable: Sendable, Equatable, Codable {
    /// Rows, without header and totals.
    package var rows: Int
    /// Of every money column, in the order of the columns.
    package var sums: [ColumnSums]

    package init(rows: Int, sums: [ColumnSums]) {
        self.rows = rows
        self.sums = sums
    }

    /// The exact sums of one money column.
    package struct ColumnSums: Sendable, Equatable, Codable {
        package var column: String
        /// True when the column has a total below it.
        package var isTotalled: Bool
        /// Currency code → plain decimal. Rows without a currency are under the table's default currency, else under
        /// the empty text.
        package var byCurrency: [String: String]

        package init(column: String, isTotalled: Bool, byCurrency: [String: String]) {
            self.column = column
            self.isTotalled = isTotalled
            self.byCurrency = byCurrency
        }
    }

    /// The column whose sums stand for the table in a manifest: the first money column with a total, else the first
    /// money column.
    package var control: ColumnSums? { sums.first(where: \.isTotalled) ?? sums.first }
}
