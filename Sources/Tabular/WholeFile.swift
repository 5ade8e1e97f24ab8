package import Diagnostics
import Glibc

/// A file that appears whole or not at all, for readers who may come at any moment.
package enum WholeFile {
    /// Writes beside the file, brings that to the disk, and puts it in place under the name. What was there stays until
    /// then, and stays for good when something fails.
    ///
    /// - Parameter mode: the file's rights, whatever the umask: `0o644`.
    /// - Throws: `disk.full`, `file.unwritable`.
    package static func write(_ text: String, to path: String, mode: UInt32) throws(Failure) {
        let (folder, name) = splitPath(path)
        // Hidden and with another ending: who reads all files of one ending doesn't read this one.
        var template = Array("\(folder)/.\(name).\(String(repeating: "X", count: 6))".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw fileFailure("The file cannot be created", path) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let temporary = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        do throws(Failure) {
            try fill(descriptor, text, path, mode)
            guard rename(temporary, path) == 0 else { throw fileFailure("The file cannot be put in place", path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncFolder(folder)
    }

    private static func fill(_ descriptor: Int32, _ text: String, _ path: String, _ mode: UInt32) throws(Failure) {
        var rest = Array(text.utf8)[...]
        var code: Int32 = 0
        while code == 0, !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 { rest = rest.dropFirst(written) } else if errno != EINTR { code = errno }
        }
        if code == 0, fchmod(descriptor, mode) != 0 { code = errno }
        if code == 0, fsync(descriptor) != 0, errno != EINVAL { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        if code != 0 { throw fileFailure("The file cannot be written", path, errno: code) }
    }
}
