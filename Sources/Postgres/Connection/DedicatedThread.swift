import Glibc

/// Runs blocking work on a thread of its own and suspends the caller, so that the cooperative pool, which has one
/// thread a core, never starves behind a socket.
package func onDedicatedThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        let work = ThreadBody { continuation.resume(with: Result(catching: body)) }
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(work).toOpaque())
        guard code == 0 else {
            Unmanaged.passUnretained(work).release()
            continuation.resume(
                throwing: PostgresError(.tooManyConnections, "no thread could be started: error \(code)"))
            return
        }
        pthread_detach(thread)
    }
}

/// The closure that a C thread start routine takes along as its argument.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
