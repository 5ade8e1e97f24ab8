import Diagnostics
import Postgres
import Tabular

/// A statement file open for reading, its header understood: which columns are needed and where they stand.
final class StatementReader {
    /// The needed columns in the order of the profile, with their place in the file; nil for an optional one that the
    /// file lacks.
    let header: [StatementColumn]
    private let reader: CSVReader
    private let places: [Int]

    /// Opens the file and reads its header.
    /// - Throws: `statement.refused` for an empty file, a missing or a duplicate column, each by its name.
    init(path: String, profile: SettlementProfile) throws {
        reader = try CSVReader(
            path: path,
            options: CSVReaderOptions(
                delimiter: profile.file.delimiter, quote: profile.file.quote,
                encoding: CSVReaderOptions.Encoding(rawValue: profile.file.encoding) ?? .utf8))
        for _ in 0..<profile.file.preamble { _ = try reader.next() }
        let advice = "It should be a file of “\(profile.title)”; see config/settlements/\(profile.name).yml."
        guard let record = try reader.next() else {
            throw Failure(.statementRefused, "The file is empty: it has no header.", at: .file(path), advice: advice)
        }
        reader.fieldCount = record.count
        var names: [String: [Int]] = [:]
        for index in 0..<record.count { names[record.text(index), default: []].append(index) }
        var header: [StatementColumn] = []
        var places: [Int] = []
        let missing = profile.columns.filter { !$0.optional && names[$0.name] == nil }.map { "“\($0.name)”" }
        guard missing.isEmpty else {
            throw Failure(
                .statementRefused,
                missing.count == 1
                    ? "The header has no column \(missing[0])."
                    : "The header has no columns \(missing.joined(separator: ", ")).",
                at: .file(path, line: record.line, column: 1), advice: advice)
        }
        for column in profile.columns {
            guard let found = names[column.name] else {
                header.append(StatementColumn(name: column.name, staged: nil))
                continue
            }
            guard found.count == 1 else {
                throw Failure(
                    .statementRefused, "The header has the column “\(column.name)” \(found.count) times.",
                    at: record.location(of: found[1]), advice: advice)
            }
            header.append(StatementColumn(name: column.name, staged: "c\(places.count)"))
            places.append(found[0])
        }
        self.header = header
        self.places = places
    }

    /// Sends every row to the staging table: its line, then the needed fields. The database keeps no NUL and no bad
    /// UTF-8, so the reader refuses both before.
    func copy(into writer: inout CopyWriter) throws {
        while let record = try reader.next() {
            try writer.append(field: record.line)
            for place in places {
                if let bytes = record[place] { try writer.append(field: bytes) } else { try writer.appendNull() }
            }
            try writer.endRow()
        }
    }
}

/// A needed column of a statement: its name in the header, and its column in the staging table.
struct StatementColumn: Sendable, Equatable {
    let name: String
    let staged: String?
}
