package import Diagnostics
import FoundationEssentials
import Glibc

/// Rows kept in a file as they came, for whoever needs them a second time: a report is read from the database once, and
/// gives both its own files and its sheet of a workbook.
///
/// The file is read by the process that wrote it, and goes with the folder it lies in: each field is its length (four
/// bytes in the machine's order, -1 for NULL) and its bytes.
package final class RowSpool: RowWriter {
    package let columns: [Column]
    private let path: String
    private let sink: ByteSink
    private var sums: TableSums
    private var rows = 0

    package init(path: String, columns: [Column]) throws(Failure) {
        self.path = path
        self.columns = columns
        sums = TableSums(columns: columns, defaultCurrency: nil)
        sink = try ByteSink(path: path)
    }

    package func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {
        for field in fields {
            var length = Int32(clamping: field?.count ?? -1)
            try withUnsafeBytes(of: &length) { try sink.append($0) }
            if let field { try sink.append(field) }
        }
        rows += 1
        try sums.add(fields, row: rows)
    }

    /// Leaves rows and sums beside the file as well (`PATH.sums`).
    package func finish() throws -> WrittenTable {
        try sink.finish()
        let table = sums.table(rows: rows)
        let file = try ByteSink(path: path + ".sums")
        try Array(JSONEncoder().encode(table)).withUnsafeBytes { try file.append($0) }
        try file.finish()
        return table
    }

    /// Rows and sums as they were when the spool at `path` was finished.
    package static func written(_ path: String) throws -> WrittenTable {
        let file = path + ".sums"
        guard let data = try? Data(contentsOf: URL(filePath: file)),
            let table = try? JSONDecoder().decode(WrittenTable.self, from: data)
        else { throw Failure(.fileUnreadable, "The sums of a spool can't be read.", at: .file(file)) }
        return table
    }

    /// Gives the rows of a finished spool again, in their order, with one row in memory.
    package static func replay(
        _ path: String, columns: Int, _ body: (UnsafeBufferPointer<FieldBytes?>) throws -> Void
    ) throws {
        guard let file = fopen(path, "rbe") else { throw fileFailure("The file cannot be read", path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var ends = [Int?](repeating: nil, count: columns)
        func read(_ count: Int, into buffer: UnsafeMutableRawPointer?) throws {
            guard count > 0 else { return }
            guard fread(buffer, 1, count, file) == count else { throw fileFailure("The file cannot be read", path) }
        }
        while true {
            let next = getc(file)
            if next == EOF { break }
            ungetc(next, file)
            var used = 0
            for column in 0..<columns {
                var length: Int32 = -1
                try withUnsafeMutableBytes(of: &length) { try read($0.count, into: $0.baseAddress) }
                ends[column] = length < 0 ? nil : used + Int(length)
                guard length > 0 else { continue }
                if bytes.count < used + Int(length) {
                    bytes.append(contentsOf: repeatElement(0, count: used + Int(length) - bytes.count))
                }
                try bytes.withUnsafeMutableBytes { try read(Int(length), into: $0.baseAddress?.advanced(by: used)) }
                used += Int(length)
            }
            try bytes.withUnsafeBytes { buffer in
                var start = 0
                let fields = ends.map { end -> FieldBytes? in
                    guard let end else { return nil }
                    defer { start = end }
                    // An empty text is not NULL.
                    return FieldBytes(rebasing: buffer[start..<end])
                }
                try fields.withUnsafeBufferPointer(body)
            }
        }
    }
}
