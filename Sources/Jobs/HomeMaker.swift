import Configuration
import Diagnostics
import Foundation

/// Makes a home out of the one that the program came with.
package struct HomeMaker: Sendable {
    private let source: String?

    /// - Parameter source: the home to copy from; nil for the one that is found beside the program.
    package init(source: String?) { self.source = source }

    /// Copies jobs, reports and config; a file that is there already stays as it is.
    /// - Throws: `home.not_found` when there is nothing to copy from; `file.unwritable`.
    package func make(_ folder: String) throws -> (copied: Int, kept: Int) {
        let home = try Home.find(named: source)
        var counts = (copied: 0, kept: 0)
        guard home.path != URL(fileURLWithPath: folder).standardizedFileURL.path else {
            throw Failure(
                .usage, "“\(folder)” is a home already.", at: .file(folder), advice: "Name another folder.")
        }
        for name in Home.folders {
            try copy(home.resolve(name), to: "\(folder)/\(name)", &counts)
        }
        return counts
    }

    private func copy(_ from: String, to target: String, _ counts: inout (copied: Int, kept: Int)) throws {
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: from, isDirectory: &isFolder) else { return }
        do {
            if isFolder.boolValue {
                try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
            } else if manager.fileExists(atPath: target) {
                counts.kept += 1
            } else {
                try manager.copyItem(atPath: from, toPath: target)
                counts.copied += 1
            }
        } catch {
            throw Failure(
                .fileUnwritable, "The file can't be written.", at: .file(target),
                advice: "Check the folder's rights and the disk's free space.")
        }
        guard isFolder.boolValue else { return }
        for name in try manager.contentsOfDirectory(atPath: from).sorted() where !name.hasPrefix(".") {
            try copy("\(from)/\(name)", to: "\(target)/\(name)", &counts)
        }
    }
}
