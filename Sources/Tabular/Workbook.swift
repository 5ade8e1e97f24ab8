import Diagnostics
package import Money

/// An XLSX workbook, written in constant memory by libxlsxwriter.
///
/// Sheets stand in the order in which they were asked for; each may be written until `close`. The same rows, columns
/// and properties make the same bytes. Until `close` has returned, the file is the workbook's, and goes with it.
package final class Workbook {
    /// What a file manager shows of the document.
    package struct Properties: Sendable, Equatable {
        package var title: String
        package var author: String
        /// A fixed day (the window's end), so that the bytes repeat.
        package var created: BusinessDate

        package init(title: String, author: String = "Mainspring", created: BusinessDate) {
            self.title = title
            self.author = author
            self.created = created
        }
    }

    /// `temporaryFolder` holds the rows of the sheets until `close`, several bytes for each byte of the workbook; nil
    /// is the folder of the workbook.
    package init(path: String, temporaryFolder: String? = nil, properties: Properties) throws {
        throw Failure(.internalError, "Workbooks are not written yet.")
    }

    /// Adds a sheet for a table. The name is shortened to 31 characters and freed from what Excel refuses in it.
    ///
    /// `currency` is what money is in where no column says so.
    package func sheet(named name: String, columns: [Column], currency: String? = nil) throws -> SheetWriter {
        throw Failure(.internalError, "Workbooks are not written yet.")
    }

    /// Adds the cover at this place among the sheets; it is filled before `close`.
    package func coverSheet(named name: String = "Cover") throws -> CoverSheet {
        throw Failure(.internalError, "Workbooks are not written yet.")
    }

    /// Writes the file, and checks that all that was written is in it; `disk.full` when it is not.
    package func close() throws {}
}

/// One table of a workbook. Beyond 1,048,575 rows it flows on to `NAME (2)`.
package final class SheetWriter: RowWriter {
    package let columns: [Column] = []
    package func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {}
    package func finish() throws -> WrittenTable { WrittenTable(rows: 0, sums: []) }
}

/// The first sheet of a pack.
package final class CoverSheet {
    package func fill(_ content: CoverContent) throws {}
}
