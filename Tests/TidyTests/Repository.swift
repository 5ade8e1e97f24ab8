import Foundation

/// The repository's own text, as tidy tests read it.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    struct File {
        /// From the root: `Sources/Money/Money.swift`.
        let path: String
        let text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var folder: String { String(path.split(separator: "/").dropFirst().first ?? "") }
    }

    /// Every file below a folder whose name has this ending.
    static func files(_ folder: String, _ suffix: String) throws -> [File] {
        let base = "\(root)/\(folder)"
        guard let walk = FileManager.default.enumerator(atPath: base) else { return [] }
        return try walk.compactMap { $0 as? String }.filter { $0.hasSuffix(suffix) }.sorted().map { path in
            File(path: "\(folder)/\(path)", text: try String(contentsOfFile: "\(base)/\(path)", encoding: .utf8))
        }
    }
}
