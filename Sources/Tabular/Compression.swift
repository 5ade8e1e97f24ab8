import CZlib
import CZstd
import Diagnostics

/// How a file of text is compressed, by the ending that it gets.
package enum Compression: String, Sendable, CaseIterable {
    case gzip = "gz"
    case zstandard = "zst"

    /// A stream that has not begun. The same bytes in give the same bytes out: no name and no time is written.
    func stream() throws(Failure) -> any CompressionStream {
        switch self {
        case .gzip: try GzipStream()
        case .zstandard: try ZstandardStream()
        }
    }
}

/// Compresses what passes, piece by piece, in constant memory.
protocol CompressionStream: AnyObject {
    /// Takes a piece and hands on what has come of it so far; the last piece ends the stream.
    func add(
        _ piece: UnsafeRawBufferPointer, isLast: Bool, _ output: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure)
}

private final class GzipStream: CompressionStream {
    private var stream = z_stream()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)

    init() throws(Failure) {
        // 6 is what gzip itself uses.
        guard mainspring_gzip_begin(&stream, 6) == Z_OK else {
            buffer.deallocate()
            throw Failure(.internalError, "The gzip stream cannot be begun.")
        }
    }

    deinit {
        deflateEnd(&stream)
        buffer.deallocate()
    }

    func add(
        _ piece: UnsafeRawBufferPointer, isLast: Bool, _ output: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        // zlib does not write through next_in.
        stream.next_in = UnsafeMutablePointer(mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(piece.count)
        repeat {
            stream.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(buffer.count)
            guard deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH) >= Z_OK || stream.avail_out > 0 else {
                throw Failure(.internalError, "The gzip stream is broken.")
            }
            try output(UnsafeRawBufferPointer(rebasing: buffer[..<(buffer.count - Int(stream.avail_out))]))
        } while stream.avail_out == 0
    }
}

private final class ZstandardStream: CompressionStream {
    private let context: OpaquePointer
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 * 1024, alignment: 16)

    init() throws(Failure) {
        guard let context = ZSTD_createCCtx() else {
            buffer.deallocate()
            throw Failure(.internalError, "The Zstandard stream cannot be begun.")
        }
        self.context = context
        // A reader can tell a stream that was cut off.
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCCtx(context)
        buffer.deallocate()
    }

    func add(
        _ piece: UnsafeRawBufferPointer, isLast: Bool, _ output: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        var input = ZSTD_inBuffer(src: piece.baseAddress, size: piece.count, pos: 0)
        var isDone = false
        while !isDone {
            var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
            let rest = ZSTD_compressStream2(context, &target, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
            guard ZSTD_isError(rest) == 0 else { throw Failure(.internalError, "The Zstandard stream is broken.") }
            try output(UnsafeRawBufferPointer(rebasing: buffer[..<target.pos]))
            isDone = isLast ? rest == 0 : input.pos == input.size
        }
    }
}
