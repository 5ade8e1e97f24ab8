import CLibPQ
import Synchronization

/// Cancels what its connection runs at this moment, from any thread, while the connection's own thread is blocked in
/// the statement, which then throws `SQLState.queryCanceled`. When nothing runs, nothing happens.
///
/// `@unchecked Sendable`: the `PGcancel` is never changed after its creation, and libpq's manual says of `PQcancel`
/// that it may be called from any thread, and from a signal handler.
package final class Canceller: @unchecked Sendable {
    private let pointer: OpaquePointer?
    /// How often it was asked to cancel: who sends the rows of a COPY hears of it only by this, for the server's answer is
    /// not read until all of them are sent.
    let requests = Atomic<Int>(0)

    init(_ connection: OpaquePointer) { pointer = PQgetCancel(connection) }

    deinit { PQfreeCancel(pointer) }

    /// - Returns: whether the request reached the server; it says nothing of whether a statement was still running.
    @discardableResult package func cancel() -> Bool {
        guard let pointer else { return false }
        requests.add(1, ordering: .relaxed)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            PQcancel(pointer, buffer.baseAddress, 256) == 1
        }
    }
}
