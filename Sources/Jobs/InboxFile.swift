import Postgres
import Tabular

/// A file of the inbox, held against the files that were imported before: known by its content, whatever its name.
struct InboxFile {
    let candidate: ImportStep.Candidate
    /// The name under which its content was imported; nil for a new file.
    let importedAs: String?

    /// - Throws: `file.unreadable`.
    init(_ candidate: ImportStep.Candidate, on connection: Connection) throws {
        self.candidate = candidate
        let digest = try sha256(ofFile: candidate.path)
        importedAs = try Journal(connection).query("imported-file", ["sha256": .text(digest)]).first?.text("file_name")
    }
}
