import Diagnostics
import Foundation
import Postgres
import Tabular

/// `NAME.rejects.csv` beside a statement: the cells that can't be read, each with its row as it came, for its owner only.
///
/// A file of the same name that an earlier import left gives way. Until `finish` has returned, the file goes with this.
final class RejectsFile {
    /// Its name, without the folder.
    let name: String
    private let path: String
    private let descriptor: Int32
    private let writer: CSVWriter
    private let columns: Int
    private var isFinished = false

    init(of statement: String, header: [String]) throws {
        let url = URL(fileURLWithPath: statement)
        name = url.deletingPathExtension().lastPathComponent + ".rejects.csv"
        path = url.deletingLastPathComponent().appendingPathComponent(name).path
        // Made anew and never followed: whoever may read an older file must not read this one.
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                .fileUnwritable, "The rows that can't be read have no place: \(String(cString: strerror(errno))).",
                at: .file(path), advice: "Copy the statement to a folder that you may write, and import it there.")
        }
        self.descriptor = descriptor
        let names = ["line_no", "column", "value", "reason"] + header
        columns = names.count
        do {
            // As it came, not made safe for a spreadsheet: rows are mended and imported again.
            writer = try CSVWriter(
                descriptor: descriptor, named: path,
                columns: names.map { Column($0, kind: .text) },
                options: CSVWriterOptions(profile: .machine))
        } catch {
            close(descriptor)
            unlink(path)
            throw error
        }
    }

    deinit {
        close(descriptor)
        if !isFinished { unlink(path) }
    }

    /// A bad cell: line, column, value, reason, and the row.
    func write(_ row: Row) throws {
        var bytes: [UInt8] = []
        var fields: [Range<Int>?] = []
        for column in 0..<columns {
            row.withBytes(column) { field in
                guard let field else { return fields.append(nil) }
                fields.append(bytes.count..<(bytes.count + field.count))
                bytes.append(contentsOf: field)
            }
        }
        try bytes.withUnsafeBytes { bytes in
            let fields = fields.map { $0.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) } }
            try fields.withUnsafeBufferPointer { try writer.write($0) }
        }
    }

    /// Brings what was written to the disk.
    func finish() throws {
        _ = try writer.finish()
        guard fsync(descriptor) == 0 else {
            throw Failure(
                .fileUnwritable, "The rows that can't be read can't be kept: \(String(cString: strerror(errno))).",
                at: .file(path), advice: "See whether the disk is full.")
        }
        isFinished = true
    }
}
