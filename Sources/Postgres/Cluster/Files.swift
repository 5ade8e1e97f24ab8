import Diagnostics
import FoundationEssentials
import Glibc

/// The few file operations that the cluster needs.
enum Files {
    static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func parent(_ path: String) -> String {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        return path.hasPrefix("/") ? "/" + folder : folder
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func entries(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    static func removeAll(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    /// Makes a folder and its parents; an existing one stays as it is.
    static func makeFolder(_ path: String, mode: mode_t) throws(Failure) {
        if exists(path) { return }
        let parent = parent(path)
        if !parent.isEmpty, parent != "/" { try makeFolder(parent, mode: 0o755) }
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
    }

    /// Writes a small file in one go, with these rights from its first moment, and owned by `account`.
    static func write(_ text: String, to path: String, mode: mode_t, account: Account?) throws(Failure) {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("write", path) }
        defer { close(descriptor) }
        var text = text
        let count = text.utf8.count
        let written = text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, count) }
        guard written == count, fsync(descriptor) == 0 else {
            let failure = failure("write", path)
            unlink(path)
            throw failure
        }
        if let account { fchown(descriptor, account.user, account.group) }
    }

    static func failure(_ verb: String, _ path: String) -> Failure {
        let code: ErrorCode = errno == ENOSPC || errno == EDQUOT ? .databaseFull : .fileUnwritable
        return Failure(code, "Cannot \(verb) \(path): \(String(cString: strerror(errno))).")
    }

    /// 64 bits of FNV-1a in 16 hexadecimal digits: names a folder after another's path.
    static func hash(_ text: String) -> String {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            value ^= UInt64(byte)
            value = value &* 0x100_0000_01b3
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// An account of the operating system.
struct Account: Sendable {
    let name: String
    let user: uid_t
    let group: gid_t

    init?(named name: String) {
        guard let entry = getpwnam(name) else { return nil }
        self.name = name
        user = entry.pointee.pw_uid
        group = entry.pointee.pw_gid
    }
}

/// An exclusive lock on a file, between processes and between threads.
enum FileLock {
    /// Waits until the lock is free, and holds it while `body` runs.
    static func held<T>(_ path: String, _ body: () throws -> T) throws -> T {
        // Close on exec: a server that inherits the descriptor would hold the lock for ever.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.failure("open", path) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Files.failure("lock", path) }
        }
        return try body()
    }
}
