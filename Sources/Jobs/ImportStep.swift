import Configuration
import Diagnostics
import Foundation
import Postgres
import Reconciliation

/// Imports statement files, each all or nothing: one that is refused is named, and the others go on.
struct ImportStep {
    let importer: StatementImporter
    let run: ReconciliationRun
    let statements: [String]
    let options: ImportOptions

    struct Candidate {
        var path: String
        var statement: String
        /// Whether it lies in the inbox, from which it moves once it is imported.
        var isFromInbox: Bool
    }

    /// The files of the inbox, `inbox/STATEMENT/*.csv`, in the order of their names; and the folders of no statement.
    static func inbox(_ folder: String, statements: [String]) throws -> (files: [Candidate], unknown: [String]) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            return ([], [])
        }
        var files: [Candidate] = []
        var unknown: [String] = []
        for name in try list(folder) {
            let path = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
                continue
            }
            // What an import left out is not a statement.
            let statementFiles = try list(path).filter {
                $0.lowercased().hasSuffix(".csv") && !$0.lowercased().hasSuffix(".rejects.csv")
            }
            if statements.contains(name) {
                files += statementFiles.map {
                    Candidate(path: "\(path)/\($0)", statement: name, isFromInbox: true)
                }
            } else if !statementFiles.isEmpty {
                unknown.append(path)
            }
        }
        return (files, unknown)
    }

    private static func list(_ folder: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw Failure(.fileUnreadable, "The folder can't be read.", at: .file(folder), advice: "Check its rights.")
        }
    }

    /// Does the step in the caller's transaction.
    func run(_ candidates: [Candidate], unknown: [String], on connection: Connection) throws -> StepOutcome {
        var outcome = StepOutcome()
        for folder in unknown { refuse(unknownFolder: folder, &outcome) }
        for candidate in candidates {
            do {
                let imported = try importer.importFile(
                    candidate.path, as: candidate.statement, run: run, options: options, on: connection)
                note(imported, of: candidate, &outcome)
                if candidate.isFromInbox { outcome.afterCommit.append { try Self.move(candidate.path) } }
            } catch let failure as Failure where failure.exitCode == .inputRefused || failure.code == .fileUnreadable {
                refuse(candidate, failure, &outcome)
            }
        }
        return outcome
    }

    private func note(_ imported: ImportOutcome, of candidate: Candidate, _ outcome: inout StepOutcome) {
        switch imported {
        case .alreadyImported(let name):
            var file = file(candidate, result: "already imported")
            file.message = "Its content was imported before, as \(name)."
            outcome.detail.files.append(file)
        case .superseded(let name, let lines):
            var file = file(candidate, result: "superseded")
            file.message = "Its content was imported before, as \(name)."
            file.superseding = Int64(lines)
            outcome.changed += Int64(lines)
            outcome.detail.files.append(file)
        case .imported(let statement):
            var file = file(candidate, result: "imported")
            file.lines = Int64(statement.lines)
            file.resent = Int64(statement.resent)
            file.duplicates = Int64(statement.duplicates)
            file.changed = Int64(statement.changed)
            if options.supersedeReason != nil { file.superseding = Int64(statement.superseding) }
            if options.maxRejects > 0 { file.rejected = Int64(statement.rejected) }
            file.rejectsFile = statement.rejectsFile
            for total in statement.totals {
                file.controlTotals["\(total.lineType) \(total.currency)"] =
                    "\(total.lines) lines, gross \(total.gross), deductions \(total.deductions), net \(total.net)"
            }
            outcome.read += file.lines + Int64(statement.rejected)
            outcome.rejected += Int64(statement.rejected)
            outcome.written += file.lines
            outcome.changed += file.lines
            outcome.detail.files.append(file)
        }
    }

    private func refuse(unknownFolder folder: String, _ outcome: inout StepOutcome) {
        let name = URL(fileURLWithPath: folder).lastPathComponent
        let nearest = NearestName.advice(for: name, among: statements)
        let known = "The statements are \(statements.joined(separator: ", "))."
        refuse(
            Candidate(path: folder, statement: name, isFromInbox: true),
            Failure(
                .settlementUnknown, "There is no statement “\(name)” to read the files of this folder as.",
                at: .file(folder), advice: nearest ?? known),
            &outcome)
    }

    private func refuse(_ candidate: Candidate, _ failure: Failure, _ outcome: inout StepOutcome) {
        outcome.status = "refused"
        outcome.read += 1
        outcome.rejected += 1
        var file = file(candidate, result: "refused")
        file.code = failure.code.rawValue
        file.message = failure.location.map { "\(failure.message) (\($0))" } ?? failure.message
        outcome.detail.files.append(file)
    }

    private func file(_ candidate: Candidate, result: String) -> StepDetail.File {
        StepDetail.File(
            file: URL(fileURLWithPath: candidate.path).lastPathComponent, statement: candidate.statement,
            result: result, lines: 0, resent: 0, duplicates: 0, changed: 0, controlTotals: [:], code: nil,
            message: nil, supersedeReason: options.supersedeReason,
            maxRejects: options.maxRejects > 0 ? Int64(options.maxRejects) : nil)
    }

    /// Out of the inbox, beside it: `inbox/STATEMENT/imported/NAME`.
    static func move(_ path: String) throws {
        let source = URL(fileURLWithPath: path)
        let folder = source.deletingLastPathComponent().appendingPathComponent("imported")
        let target = folder.appendingPathComponent(source.lastPathComponent)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            // A file of the same name that was imported before gives way: what counts of it is in the database.
            if FileManager.default.fileExists(atPath: target.path) { try FileManager.default.removeItem(at: target) }
            try FileManager.default.moveItem(at: source, to: target)
        } catch {
            throw Failure(
                .fileUnwritable, "The file is imported, but can't be moved to the folder imported.", at: .file(path),
                advice: "Move it by hand, or leave it: it will be recognised as imported.")
        }
    }
}
