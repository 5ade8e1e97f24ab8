import Diagnostics
import Glibc

/// A buffered file for output that is ours until it is finished: closed and removed otherwise.
///
/// Used by one thread, and never from within itself: the run-time checks of exclusive access, which would cost a fifth
/// of the writing, are off for what every field touches.
final class ByteSink {
    let path: String
    private let descriptor: Int32
    /// True for a file of ours, which goes unless it is finished.
    private let removesFile: Bool
    /// True while the descriptor is ours to close.
    private var isOpen: Bool
    private let buffer: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var used = 0
    private let compression: (any CompressionStream)?

    /// Rows are handed to the system in pieces of this size.
    static let capacity = 256 * 1024

    /// Creates or empties the file; mode 0640, for a group that may read what the job wrote. A device or a pipe at the
    /// path is written to, and never removed.
    init(path: String, compression: Compression? = nil) throws(Failure) {
        self.compression = try compression?.stream()
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw fileFailure("The file cannot be created", path) }
        self.path = path
        self.descriptor = descriptor
        removesFile = fileStatus(path)?.isRegular == true
        isOpen = true
        buffer = .allocate(byteCount: ByteSink.capacity, alignment: 16)
    }

    /// Writes to an open descriptor, which stays open: standard output, a pipe.
    init(borrowing descriptor: Int32, named name: String) {
        compression = nil
        path = name
        self.descriptor = descriptor
        removesFile = false
        isOpen = false
        buffer = .allocate(byteCount: ByteSink.capacity, alignment: 16)
    }

    deinit {
        buffer.deallocate()
        if isOpen {
            close(descriptor)
            if removesFile { unlink(path) }
        }
    }

    /// At least `count` bytes of room, at most `capacity`; `advance` says how many were used.
    @inline(__always)
    func room(_ count: Int) throws(Failure) -> UnsafeMutablePointer<UInt8> {
        if ByteSink.capacity - used < count { try flush() }
        return (buffer + used).assumingMemoryBound(to: UInt8.self)
    }

    @inline(__always)
    func advance(_ count: Int) { used += count }

    func append(_ byte: UInt8) throws(Failure) {
        try room(1).pointee = byte
        advance(1)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        if bytes.count > ByteSink.capacity - used {
            try flush()
            if bytes.count > ByteSink.capacity { return try hand(over: bytes) }
        }
        guard let source = bytes.baseAddress else { return }
        (buffer + used).copyMemory(from: source, byteCount: bytes.count)
        used += bytes.count
    }

    func append(_ text: StaticString) throws(Failure) {
        try append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Hands over what is left and closes the file, whose content is now the caller's.
    func finish() throws(Failure) {
        try flush()
        try compression?.add(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, writeAll)
        guard isOpen else { return }
        isOpen = false
        // Some file systems tell of a full disk only here.
        let result = close(descriptor)
        let code = errno
        guard result == 0 else {
            if removesFile { unlink(path) }
            throw fileFailure("The file cannot be written", path, errno: code)
        }
    }

    private func flush() throws(Failure) {
        try hand(over: UnsafeRawBufferPointer(start: buffer, count: used))
        used = 0
    }

    private func hand(over bytes: UnsafeRawBufferPointer) throws(Failure) {
        guard let compression else { return try writeAll(bytes) }
        try compression.add(bytes, isLast: false, writeAll)
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var rest = bytes
        while let start = rest.baseAddress, rest.count > 0 {
            let written = Glibc.write(descriptor, start, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw fileFailure("The file cannot be written", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
    }
}
