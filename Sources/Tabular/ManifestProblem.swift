package import Diagnostics

extension Manifest {
    /// One way in which a folder is not what its manifest says.
    package struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// What is wrong.
        package enum Kind: String, Sendable {
            case missing
            case extra
            case size
            case sha256
            case rows
        }

        package var kind: Kind
        /// Relative to the folder.
        package var path: String
        /// What the manifest says, and what there is; empty where there is nothing to compare.
        package var expected: String
        package var actual: String

        package init(_ kind: Kind, _ path: String, expected: String = "", actual: String = "") {
            self.kind = kind
            self.path = path
            self.expected = expected
            self.actual = actual
        }

        package var description: String {
            switch kind {
            case .missing: "\(path) is missing"
            case .extra: "\(path) is not in the manifest"
            case .size: "\(path) has \(actual) bytes, the manifest says \(expected)"
            case .sha256: "\(path) has other content: SHA-256 \(actual), the manifest says \(expected)"
            case .rows: "\(path) has \(actual) rows, the manifest says \(expected)"
            }
        }
    }

    /// Compares a folder with its manifest: every file's presence, size and SHA-256, files that nobody listed, and the
    /// rows of CSV files, counted anew. An empty list means that all is as it was written.
    package static func verify(folder: String) throws(Failure) -> [Problem] {
        let manifest = try read(fromFolder: folder)
        var problems: [Problem] = []
        for file in manifest.files { problems += try manifest.problems(of: file, in: folder) }
        let listed = Set(manifest.files.map(\.path)).union([fileName])
        for path in try filesBelow(folder, prefix: "") where !listed.contains(path) {
            problems.append(Problem(.extra, path))
        }
        return problems
    }

    private func problems(of file: File, in folder: String) throws(Failure) -> [Problem] {
        let full = "\(folder)/\(file.path)"
        // A manifest is a file that anyone may have edited: it must not lead the reader out of the folder.
        guard !file.path.hasPrefix("/"), !file.path.split(separator: "/").contains(".."),
            Self.leadsThroughFolders(file.path, in: folder), let status = fileStatus(full), status.isRegular
        else { return [Problem(.missing, file.path)] }
        var problems: [Problem] = []
        if status.bytes != file.bytes {
            problems.append(Problem(.size, file.path, expected: String(file.bytes), actual: String(status.bytes)))
        }
        let digest = try sha256(ofFile: full)
        if digest != file.sha256 {
            problems.append(Problem(.sha256, file.path, expected: file.sha256, actual: digest))
        }
        // Of a file that is packed, the bytes must do.
        if file.format == "csv", file.path.hasSuffix(".csv") {
            let rows = countRows(full)
            if rows != file.rows {
                let actual = rows.map(String.init) ?? "unreadable"
                problems.append(Problem(.rows, file.path, expected: String(file.rows), actual: actual))
            }
        }
        return problems
    }

    /// Whether all that stands before the last name are folders of the folder itself, and none a link to another place.
    private static func leadsThroughFolders(_ path: String, in folder: String) -> Bool {
        var here = folder
        for name in path.split(separator: "/").dropLast() {
            here += "/\(name)"
            guard fileStatus(here)?.isFolder == true else { return false }
        }
        return true
    }

    /// Records without the header; nil when the file is no CSV.
    private func countRows(_ path: String) -> Int? {
        do {
            let reader = try CSVReader(path: path)
            var records = 0
            while try reader.next() != nil { records += 1 }
            return max(0, records - 1)
        } catch {
            return nil
        }
    }

    private static func filesBelow(_ folder: String, prefix: String) throws(Failure) -> [String] {
        var paths: [String] = []
        for name in try folderEntries(folder) {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            if fileStatus("\(folder)/\(name)")?.isFolder == true {
                paths += try filesBelow("\(folder)/\(name)", prefix: path)
            } else {
                paths.append(path)
            }
        }
        return paths
    }
}
