import CLibPQ

/// Cancels what its connection runs at this moment, from any thread, while the connection's own thread is blocked in
/// the statement, which then throws `SQLState.queryCanceled`. When nothing runs, nothing happens.
///
/// `@unchecked Sendable`: the `PGcancel` is never changed after its creation, and libpq's manual says of `PQcancel`
/// that it may be called from any thread, and from a signal handler.
package final class Canceller: @unchecked Sendable {
    private let pointer: OpaquePointer?

    init(_ connection: OpaquePointer) { pointer = PQgetCancel(connection) }

    deinit { PQfreeCancel(pointer) }

    /// - Returns: whether the request reached the server; it says nothing of whether a statement was still running.
    @discardableResult package func cancel() -> Bool {
        guard let pointer else { return false }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            PQcancel(pointer, buffer.baseAddress, 256) == 1
        }
    }
}
