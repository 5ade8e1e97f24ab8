import Diagnostics
import FoundationEssentials

/// The inbox while a marketplace is made: files are written beside it and moved in when the database has committed.
struct DemoInbox {
    private let folder: String
    private let staging: String
    private static let statements = ["bank", "jazzcash", "stripe", "tcs"]

    /// Makes the inbox and the staging folder, so that a folder that cannot be written is found before any work.
    init(_ folder: String) throws(Failure) {
        self.folder = folder
        staging = "\(folder)/.demo-\(ProcessInfo.processInfo.processIdentifier)"
        try DemoInbox.files("The folder cannot be created", staging) { files in
            try? files.removeItem(atPath: staging)
            for name in DemoInbox.statements {
                try files.createDirectory(atPath: "\(staging)/\(name)", withIntermediateDirectories: true)
                try files.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
        }
    }

    func staged(_ path: String) -> String { "\(staging)/\(path)" }
    func final(_ path: String) -> String { "\(folder)/\(path)" }

    /// Takes the files of an earlier demo away, imported or not, and puts the new ones in their place.
    func publish() throws(Failure) {
        try DemoInbox.files("The statements cannot be moved into the inbox", folder) { files in
            for name in DemoInbox.statements {
                for place in ["\(folder)/\(name)", "\(folder)/\(name)/imported"] {
                    guard let entries = try? files.contentsOfDirectory(atPath: place) else { continue }
                    for entry in entries where DemoInbox.isDemoFile(entry, of: name) {
                        try files.removeItem(atPath: "\(place)/\(entry)")
                    }
                }
                for entry in try files.contentsOfDirectory(atPath: "\(staging)/\(name)").sorted() {
                    try files.moveItem(atPath: "\(staging)/\(name)/\(entry)", toPath: "\(folder)/\(name)/\(entry)")
                }
            }
            try? files.removeItem(atPath: "\(folder)/truth.csv")
            try files.moveItem(atPath: "\(staging)/truth.csv", toPath: "\(folder)/truth.csv")
        }
    }

    /// Lays the new files beside the earlier ones; only the truth takes the place of what was there.
    func add() throws(Failure) {
        try DemoInbox.files("The statements cannot be moved into the inbox", folder) { files in
            for name in DemoInbox.statements {
                for entry in try files.contentsOfDirectory(atPath: "\(staging)/\(name)").sorted() {
                    try? files.removeItem(atPath: "\(folder)/\(name)/\(entry)")
                    try files.moveItem(atPath: "\(staging)/\(name)/\(entry)", toPath: "\(folder)/\(name)/\(entry)")
                }
            }
            try? files.removeItem(atPath: "\(folder)/truth.csv")
            try files.moveItem(atPath: "\(staging)/truth.csv", toPath: "\(folder)/truth.csv")
        }
    }

    /// Takes the staging folder away; harmless when it is gone.
    func discard() { try? FileManager.default.removeItem(atPath: staging) }

    /// `stripe-2026-06.csv`, `stripe-2026-07-01.csv`, `bank-PKR-2026-06.csv`: somebody's own files keep their place.
    private static func isDemoFile(_ name: String, of statement: String) -> Bool {
        guard let match = name.wholeMatch(of: /([a-z]+)(?:-[A-Z]{3})?-[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?\.csv/) else {
            return false
        }
        return match.1 == statement
    }

    private static func files(
        _ what: String, _ path: String, _ body: (FileManager) throws -> Void
    ) throws(Failure) {
        do {
            try body(FileManager.default)
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            throw Failure(.diskFull, "\(what): the disk is full.", at: .file(path))
        } catch {
            throw Failure(.fileUnwritable, "\(what): \(error).", at: .file(path))
        }
    }
}
