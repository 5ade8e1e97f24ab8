import CLinux
import Diagnostics
import Glibc

/// A folder that appears whole or not at all.
///
/// The body fills a hidden sibling of the final folder; then every file is synced and the two names are swapped in one
/// step. A reader sees the old folder or the new one, never a mixture, whatever moment the power fails.
package enum OutputFolder {
    /// Runs `body` with the path of an empty staging folder, then puts that folder at `finalPath`, in place of what
    /// was there. Files get mode 0640, folders 0750; missing parents are made. When `body` throws, nothing stays.
    package static func write<T>(to finalPath: String, _ body: (_ staging: String) throws -> T) throws -> T {
        let staging = try StagingFolder(for: finalPath)
        let result = try body(staging.path)
        try staging.commit()
        return result
    }

    /// The same for a body that waits.
    package static func write<T>(
        to finalPath: String, _ body: (_ staging: String) async throws -> T
    ) async throws -> T {
        let staging = try StagingFolder(for: finalPath)
        let result = try await body(staging.path)
        try staging.commit()
        return result
    }
}

/// The hidden sibling. It is removed with its owner unless it was committed; a lock on it tells a living owner's
/// folder from what a crash left behind, which the next write to the same place sweeps away.
private final class StagingFolder {
    let path: String
    private let finalPath: String
    private let parent: String
    private var lock: Int32

    init(for finalPath: String) throws {
        let (parent, name) = splitPath(finalPath)
        guard !name.isEmpty, name != ".", name != ".." else {
            throw Failure(.fileUnwritable, "“\(finalPath)” does not name a folder.")
        }
        try makeFolders(parent)
        if let status = fileStatus(finalPath), !status.isFolder {
            throw Failure(
                .fileUnwritable, "There is a file where the output folder shall be.", at: .file(finalPath),
                advice: "Move it away, or choose another output folder.")
        }
        let prefix = ".\(name).staging-"
        StagingFolder.sweep(parent, prefix: prefix)
        var template = Array("\(parent)/\(prefix)\(String(repeating: "X", count: 6))".utf8CString)
        guard mkdtemp(&template) != nil else { throw fileFailure("The folder cannot be created", parent) }
        let path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        self.path = path
        self.parent = parent
        self.finalPath = "\(parent)/\(name)"
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw fileFailure("The folder cannot be locked", path)
        }
    }

    deinit {
        // After a commit this is the old folder, which has served its time.
        try? removeTree(path)
        if lock >= 0 { close(lock) }
    }

    func commit() throws {
        try sealTree(path)
        if fileStatus(finalPath) == nil {
            if rename(path, finalPath) == 0 { return try syncFolder(parent) }
            throw fileFailure("The folder cannot be put in place", finalPath)
        }
        let exchange: UInt32 = 2  // RENAME_EXCHANGE of linux/fs.h
        if renameat2(AT_FDCWD, path, AT_FDCWD, finalPath, exchange) == 0 { return try syncFolder(parent) }
        guard errno == EINVAL || errno == ENOSYS else {
            throw fileFailure("The folder cannot be put in place", finalPath)
        }
        try replaceInTwoSteps()
    }

    /// For file systems that cannot swap names (some network ones): for an instant there is no folder at all.
    private func replaceInTwoSteps() throws {
        let old = path + ".old"
        guard rename(finalPath, old) == 0 else { throw fileFailure("The old folder cannot be moved away", finalPath) }
        guard rename(path, finalPath) == 0 else {
            let code = errno
            _ = rename(old, finalPath)
            throw fileFailure("The folder cannot be put in place", finalPath, errno: code)
        }
        try syncFolder(parent)
        try? removeTree(old)
    }

    private static func sweep(_ parent: String, prefix: String) {
        for name in (try? folderEntries(parent)) ?? [] where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            let handle = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard handle >= 0 else { continue }
            if flock(handle, LOCK_EX | LOCK_NB) == 0 { try? removeTree(path) }
            close(handle)
        }
    }
}
