import CLibPQ
import Synchronization

/// The server or the connection ended a COPY while rows were still being sent.
struct CopyInterrupted: Error { let message: String }

/// Writes the rows of a `COPY … FROM STDIN` in the text format into one buffer, which is sent when it is full.
package struct CopyWriter: ~Copyable {
    private let handle: OpaquePointer
    private let statementName: String
    private let canceller: Canceller
    /// The requests to cancel that came before this COPY, which are none of its business.
    private let earlierRequests: Int
    private let buffer: UnsafeMutablePointer<UInt8>
    private var used = 0
    private var inRow = false

    /// What one PQputCopyData takes; larger blocks gained nothing.
    private static let capacity = 64 * 1024

    init(_ handle: OpaquePointer, statementName: String, canceller: Canceller) {
        self.handle = handle
        self.statementName = statementName
        self.canceller = canceller
        earlierRequests = canceller.requests.load(ordering: .relaxed)
        buffer = .allocate(capacity: Self.capacity)
    }

    deinit { buffer.deallocate() }

    /// A field of bytes in PostgreSQL's text form; they are escaped as needed.
    package mutating func append(field bytes: UnsafeRawBufferPointer) throws {
        try separate()
        var rest = bytes
        // Each byte takes at most two, so a piece of this size fits into the empty buffer.
        while rest.count > Self.capacity / 2 {
            try escape(UnsafeRawBufferPointer(rebasing: rest[..<(Self.capacity / 2)]))
            rest = UnsafeRawBufferPointer(rebasing: rest[(Self.capacity / 2)...])
        }
        try escape(rest)
    }

    /// A field of text.
    package mutating func append(field text: String) throws {
        var text = text
        try text.withUTF8 { try append(field: UnsafeRawBufferPointer($0)) }
    }

    /// nil is NULL.
    package mutating func append(field text: String?) throws {
        guard let text else { return try appendNull() }
        try append(field: text)
    }

    /// A field of any integer type.
    package mutating func append(field number: Int64) throws {
        try separate()
        try reserve(20)
        var magnitude = number.magnitude
        var digits = 0
        // Written backwards at the end of the reserved room, then moved to its start.
        repeat {
            digits += 1
            buffer[used + 20 - digits] = UInt8(truncatingIfNeeded: magnitude % 10) + UInt8(ascii: "0")
            magnitude /= 10
        } while magnitude > 0
        if number < 0 {
            digits += 1
            buffer[used + 20 - digits] = UInt8(ascii: "-")
        }
        (buffer + used).update(from: buffer + used + 20 - digits, count: digits)
        used += digits
    }

    /// A field of any integer type.
    package mutating func append(field number: Int) throws { try append(field: Int64(number)) }

    /// A boolean field.
    package mutating func append(field flag: Bool) throws {
        try separate()
        try reserve(1)
        buffer[used] = UInt8(ascii: flag ? "t" : "f")
        used += 1
    }

    /// A field that is NULL.
    package mutating func appendNull() throws {
        try separate()
        try reserve(2)
        buffer[used] = UInt8(ascii: "\\")
        buffer[used + 1] = UInt8(ascii: "N")
        used += 2
    }

    /// Ends the row: the next field is the first of the next row.
    package mutating func endRow() throws {
        try reserve(1)
        buffer[used] = UInt8(ascii: "\n")
        used += 1
        inRow = false
    }

    /// Bytes that are in the COPY's format already, whole rows or parts of them; nothing is escaped or checked.
    package mutating func appendRaw(_ bytes: UnsafeRawBufferPointer) throws {
        if bytes.count > Self.capacity {
            try flush()
            try put(bytes)
            return
        }
        try reserve(bytes.count)
        if let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) { copy(base, bytes.count) }
    }

    /// Sends what is left.
    mutating func finish() throws { try flush() }

    private mutating func separate() throws {
        if inRow {
            try reserve(1)
            buffer[used] = UInt8(ascii: "\t")
            used += 1
        }
        inRow = true
    }

    private mutating func escape(_ bytes: UnsafeRawBufferPointer) throws {
        try reserve(bytes.count * 2)
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        let count = bytes.count
        var copied = 0
        var position = 0
        while position < count {
            let letter: UInt8
            switch base[position] {
            case UInt8(ascii: "\\"): letter = UInt8(ascii: "\\")
            case UInt8(ascii: "\n"): letter = UInt8(ascii: "n")
            case UInt8(ascii: "\r"): letter = UInt8(ascii: "r")
            case UInt8(ascii: "\t"): letter = UInt8(ascii: "t")
            case 0:
                throw PostgresError(
                    .characterNotInRepertoire, "a field holds a NUL character, which PostgreSQL text cannot store",
                    statementName: statementName)
            default:
                position += 1
                continue
            }
            copy(base + copied, position - copied)
            put(escaped: letter)
            position += 1
            copied = position
        }
        copy(base + copied, count - copied)
    }

    private mutating func put(escaped letter: UInt8) {
        buffer[used] = UInt8(ascii: "\\")
        buffer[used + 1] = letter
        used += 2
    }

    private mutating func copy(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        (buffer + used).update(from: bytes, count: count)
        used += count
    }

    private mutating func reserve(_ count: Int) throws {
        if used + count > Self.capacity { try flush() }
    }

    private mutating func flush() throws {
        guard used > 0 else { return }
        try put(UnsafeRawBufferPointer(start: buffer, count: used))
        used = 0
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws {
        guard canceller.requests.load(ordering: .relaxed) == earlierRequests else {
            throw PostgresError(.queryCanceled, "the COPY was cancelled", statementName: statementName)
        }
        let text = bytes.bindMemory(to: CChar.self).baseAddress
        guard PQputCopyData(handle, text, Int32(bytes.count)) == 1 else {
            throw CopyInterrupted(message: "the connection was lost while rows were sent")
        }
    }
}
