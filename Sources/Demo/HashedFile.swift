import Diagnostics
import Glibc
import Tabular

/// A new file that is written in pieces and hashed on the way.
final class HashedFile {
    private let path: String
    private let descriptor: Int32
    private var hasher: SHA256Hasher?
    private var buffer: [UInt8] = []
    private var bytes = 0

    private static let capacity = 256 * 1024

    init(_ path: String) throws(Failure) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw HashedFile.failure("The file cannot be created", path) }
        self.path = path
        hasher = try SHA256Hasher()
        buffer.reserveCapacity(HashedFile.capacity)
    }

    deinit { close(descriptor) }

    func append(_ row: UnsafeRawBufferPointer) throws(Failure) {
        if buffer.count + row.count > HashedFile.capacity { try flush() }
        buffer.append(contentsOf: row)
    }

    /// The size and the SHA-256 of what was written; it is on the disk then.
    func finish() throws(Failure) -> (bytes: Int, sha256: String) {
        try flush()
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw HashedFile.failure("The file cannot be brought to the disk", path)
        }
        guard let hasher = hasher.take() else {
            throw Failure(.internalError, "A file was finished twice.", at: .file(path))
        }
        return (bytes, try hasher.finalize())
    }

    private func flush() throws(Failure) {
        var failed: Failure?
        buffer.withUnsafeBytes { all in
            do throws(Failure) {
                try hasher?.update(all)
                try write(all)
            } catch { failed = error }
        }
        if let failed { throw failed }
        bytes += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    private func write(_ all: UnsafeRawBufferPointer) throws(Failure) {
        var done = 0
        while done < all.count {
            let count = Glibc.write(descriptor, all.baseAddress?.advanced(by: done), all.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw HashedFile.failure("The file cannot be written", path)
            }
            done += count
        }
    }

    static func failure(_ what: String, _ path: String, errno code: Int32 = errno) -> Failure {
        let full = code == ENOSPC || code == EDQUOT || code == EFBIG
        return Failure(
            full ? .diskFull : .fileUnwritable, "\(what): \(String(cString: strerror(code))).", at: .file(path))
    }
}
