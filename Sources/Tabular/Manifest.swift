package import Diagnostics
import FoundationEssentials

/// `manifest.json`: what a run wrote, with rows, sums and SHA-256, so that anyone can prove later that the files are
/// the ones that the run wrote, and whole (docs/operator.md, “The files of a night”).
package struct Manifest: Codable, Sendable, Equatable {
    /// The shape's version: 1.
    package var version: Int
    package var job: String
    package var businessDate: String
    /// `mainspring.runs.run_id`; nil for a report run by hand.
    package var run: Int64?
    package var files: [File]

    /// The manifest's own name in its folder.
    package static let fileName = "manifest.json"

    package init(job: String, businessDate: String, run: Int64?, files: [File]) {
        version = 1
        self.job = job
        self.businessDate = businessDate
        self.run = run
        self.files = files.sorted { $0.path < $1.path }
    }

    /// One file.
    package struct File: Codable, Sendable, Equatable {
        /// Relative to the manifest's folder.
        package var path: String
        /// `csv`, `xlsx`, `html`.
        package var format: String
        /// Rows of data, of all sheets together.
        package var rows: Int
        package var bytes: Int
        package var sha256: String
        /// Currency → plain decimal: the sums of `sumColumn`.
        package var sums: [String: String]
        /// The column that `sums` adds up; nil where there is no money.
        package var sumColumn: String?

        package init(
            path: String, format: String, rows: Int, bytes: Int, sha256: String, sums: [String: String] = [:],
            sumColumn: String? = nil
        ) {
            self.path = path
            self.format = format
            self.rows = rows
            self.bytes = bytes
            self.sha256 = sha256
            self.sums = sums
            self.sumColumn = sumColumn
        }

        /// Measures a file as it lies in the folder. A workbook's tables are given all; sums are kept for one table.
        package static func measure(
            _ path: String, in folder: String, format: String, tables: [WrittenTable]
        ) throws(Failure) -> File {
            let full = "\(folder)/\(path)"
            guard let status = fileStatus(full), status.isRegular else {
                throw Failure(.fileUnreadable, "The file that was just written is not there.", at: .file(full))
            }
            let control = tables.count == 1 ? tables[0].control : nil
            return File(
                path: path, format: format, rows: tables.reduce(0) { $0 + $1.rows }, bytes: status.bytes,
                sha256: try Tabular.sha256(ofFile: full), sums: control?.byCurrency ?? [:], sumColumn: control?.column)
        }
    }
}

extension Manifest {
    /// Writes `manifest.json`: keys sorted, one a line, the same bytes for the same content.
    package func write(toFolder folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var bytes = Array(try encoder.encode(self))
        bytes.append(UInt8(ascii: "\n"))
        let sink = try ByteSink(path: "\(folder)/\(Manifest.fileName)")
        try bytes.withUnsafeBytes { try sink.append($0) }
        try sink.finish()
    }

    /// Reads a folder's `manifest.json`; `manifest.mismatch` when it is none.
    package static func read(fromFolder folder: String) throws(Failure) -> Manifest {
        let path = "\(folder)/\(Manifest.fileName)"
        guard let status = fileStatus(path), status.isRegular else {
            throw Failure(
                .fileUnreadable, "The folder has no \(Manifest.fileName).", at: .file(folder),
                advice: "Name a folder that a run has written, such as out/nightly/2026-06-30.")
        }
        let data: Data
        do { data = try Data(contentsOf: URL(filePath: path)) } catch {
            throw Failure(.fileUnreadable, "The manifest cannot be read.", at: .file(path))
        }
        guard let manifest = try? JSONDecoder().decode(Manifest.self, from: data) else {
            throw Failure(.manifestMismatch, "The manifest is not what Mainspring writes.", at: .file(path))
        }
        guard manifest.version == 1 else {
            throw Failure(
                .manifestMismatch, "The manifest is of version \(manifest.version), and this program reads version 1.",
                at: .file(path), advice: "Verify the folder with the program that wrote it, or a newer one.")
        }
        return manifest
    }
}
