package import Tabular

/// A file as people are told of it. The files of a report that is split are one line, and their index another.
package struct FileLine: Sendable, Equatable {
    /// The path, or `reports/seller-statement/*.csv (43 files)`.
    package let name: String
    package let rows: Int64
    package let bytes: Int64

    /// The lines of the files of a manifest, in their order.
    package static func lines(_ files: [Manifest.File]) -> [FileLine] {
        let split = Set(files.filter { $0.path.hasSuffix("/index.\($0.format)") }.map { $0.group })
        var lines: [FileLine] = []
        var told: Set<String> = []
        for file in files {
            guard split.contains(file.group), !file.path.hasSuffix("/index.\(file.format)") else {
                lines.append(FileLine(name: file.path, rows: Int64(file.rows), bytes: Int64(file.bytes)))
                continue
            }
            guard told.insert(file.group).inserted else { continue }
            let members = files.filter { $0.group == file.group && !$0.path.hasSuffix("/index.\($0.format)") }
            lines.append(
                FileLine(
                    name: "\(file.group) (\(members.count) \(members.count == 1 ? "file" : "files"))",
                    rows: members.reduce(0) { $0 + Int64($1.rows) }, bytes: members.reduce(0) { $0 + Int64($1.bytes) }))
        }
        return lines
    }
}

extension Manifest.File {
    /// Its folder and format: `reports/seller-statement/*.csv`.
    fileprivate var group: String {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return "\(folder)/*.\(format)"
    }
}
