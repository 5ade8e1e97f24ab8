import Configuration
import Diagnostics
import FoundationEssentials
import Tabular

/// The header's `split: { by: COLUMN, index: [COLUMN, …] }`: each value of a column has files of its own, and an index
/// tells what is in them.
package struct ReportSplit: Sendable, Equatable {
    /// The column by whose values the rows fall apart; the rows are ordered by it first.
    package let column: String
    /// The columns of the index. Rows that say something in all of them go into it: those that sum up the others.
    package let index: [String]

    static func read(
        _ node: YAMLNode?, columns: [ReportColumn], sort: [ReportHeader.SortKey], currency: String?
    ) throws(Failure) -> ReportSplit? {
        guard let mapping = try node?.mapping(allowed: ["by", "index"]) else { return nil }
        let by = try mapping.required("by")
        let name = try by.name(among: columns.filter { [.integer, .text].contains($0.kind) }.map(\.name))
        guard sort.first?.column == name else {
            throw Failure(
                .reportInvalid, "Rows are split by “\(name)”, and ordered by something else first.", at: by.location,
                advice: "Begin `sort:` and the ORDER BY with \(name).")
        }
        var index: [String] = []
        for item in try mapping.required("index").oneOrMore() {
            index.append(try item.name(among: columns.map(\.name)))
        }
        let isMoney = columns.contains { $0.kind == .money && index.contains($0.name) }
        guard !isMoney || currency.map(index.contains) == true else {
            throw Failure(
                .reportInvalid, "The index has money, and doesn't say in which currency.", at: mapping.location,
                advice: "Add \(currency ?? "the column of the currency") to its columns.")
        }
        return ReportSplit(column: name, index: index)
    }
}

/// Writes the rows of a report into files of their own, a set for each value of the split's column, and an index of them:
/// one pass, and no more in memory than one set and what the index says of it.
final class SplitWriter: RowWriter {
    let columns: [Column]
    /// Every file, the index last, once the writer is finished.
    private(set) var written: [Manifest.File] = []

    private let report: ReportDefinition
    private let folder: String
    private let ending: String
    private let makeFiles: (String, [Column]) throws -> TableFiles
    private let position: Int
    private let indexed: [Int]
    private let index: TableFiles
    private var indexRows = 0
    private var rows = 0
    private var current: (value: [UInt8], name: String, files: TableFiles, rows: Int)?

    /// - Parameters:
    ///   - folder: gets a folder of the report's name.
    ///   - ending: that of the files which the index names.
    ///   - files: begins the files of a path from the folder.
    init(
        _ split: ReportSplit, of report: ReportDefinition, in folder: String, ending: String,
        files: @escaping (String, [Column]) throws -> TableFiles
    ) throws {
        columns = report.tabularColumns
        self.report = report
        self.folder = folder
        self.ending = ending
        makeFiles = files
        position = columns.firstIndex { $0.name == split.column } ?? 0
        let columns = columns
        indexed = split.index.compactMap { name in columns.firstIndex { $0.name == name } }
        do {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(report.name)", withIntermediateDirectories: true)
        } catch {
            throw Failure(
                .fileUnwritable, "The folder can't be made.", at: .file("\(folder)/\(report.name)"),
                advice: "Check the rights of the folder above.")
        }
        index = try files(
            "\(report.name)/index",
            indexed.map { columns[$0] } + [Column("file", heading: "File", kind: .text, width: 18)])
    }

    func write(_ fields: UnsafeBufferPointer<FieldBytes?>) throws {
        let value = fields[position].map(Array.init) ?? []
        if current?.value != value { try begin(value) }
        guard let files = current?.files else { return }
        for writer in files.writers { try writer.write(fields) }
        current?.rows += 1
        rows += 1
        guard indexed.allSatisfy({ fields[$0] != nil }), let name = current?.name else { return }
        indexRows += 1
        try Array("\(name).\(ending)".utf8).withUnsafeBytes { file in
            try (indexed.map { fields[$0] } + [file]).withUnsafeBufferPointer { row in
                for writer in index.writers { try writer.write(row) }
            }
        }
    }

    /// Ends the last set and the index. Sums are those of each file.
    func finish() throws -> WrittenTable {
        try end()
        written += try index.close(ReportRunner.finish(index.writers, of: report, rows: indexRows))
        return WrittenTable(rows: rows, sums: [])
    }

    private func begin(_ value: [UInt8]) throws {
        try end()
        let name = String(decoding: value, as: UTF8.self)
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_\-]{0,99}/) != nil, name != "index" else {
            throw Failure(
                .reportInvalid, "A file of the report \(report.name) can't be called “\(name)”.",
                at: .file(report.file, line: report.query.line),
                advice: "Split by a column of ids: letters, digits, _ and -.")
        }
        let base = "\(report.name)/\(name)"
        // Rows that come back to a value would write over its files.
        guard !FileManager.default.fileExists(atPath: "\(folder)/\(base).\(ending)") else {
            throw Failure(
                .reportInvalid, "The rows of \(name) don't stand together.",
                at: .file(report.file, line: report.query.line),
                advice: "Begin the ORDER BY with \(columns[position].name).")
        }
        current = (value, name, try makeFiles(base, columns), 0)
    }

    private func end() throws {
        guard let set = current else { return }
        current = nil
        written += try set.files.close(ReportRunner.finish(set.files.writers, of: report, rows: set.rows))
    }
}
