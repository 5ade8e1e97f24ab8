package import Diagnostics
package import Postgres
import Synchronization

/// What a signal does to a run: the statements under way are cancelled at the server, and the run ends with
/// `run.interrupted` (SIGINT) or `run.terminated` (SIGTERM).
///
/// Connections that do a run's work are watched; the journal's own connection is not, so that it can still write how
/// the run ended. A cancel request that reaches the server between two statements is lost, so `SignalThread` repeats it
/// until the run is over.
package final class Interruption: Sendable {
    private struct State {
        var signal: Int32?
        /// Why the run's time is over.
        var expired: Failure?
        var next = 0
        var cancellers: [Int: Canceller] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// The failure a run ends with once a signal has come; nil before.
    package var failure: Failure? {
        let (signal, expired) = state.withLock { ($0.signal, $0.expired) }
        return switch signal {
        case nil: expired
        case 15:
            Failure(
                .runTerminated, "The run was ended by SIGTERM; the step under way was rolled back.",
                advice: "Run the same command again.")
        default:
            Failure(
                .runInterrupted, "The run was interrupted; the step under way was rolled back.",
                advice: "Run the same command again.")
        }
    }

    /// Whether a signal asks the whole program to end, rather than the time of a run being over.
    package var isSignalled: Bool { state.withLock { $0.signal != nil } }

    /// Throws once a signal has come: called wherever a run may well stop.
    package func check() throws {
        if let failure { throw failure }
    }

    /// Does work on a connection that a signal may cancel.
    package func watching<T>(_ connection: Connection, _ body: () throws -> T) throws -> T {
        try check()
        let canceller = connection.canceller
        let key = state.withLock { state in
            state.next += 1
            state.cancellers[state.next] = canceller
            return state.next
        }
        defer { state.withLock { $0.cancellers[key] = nil } }
        do {
            return try body()
        } catch {
            // What a cancelled statement throws is only the echo of the signal.
            throw failure ?? error
        }
    }

    /// Notes the first signal that came, and cancels what is under way.
    package func raise(_ signal: Int32) {
        cancel { state in
            if state.signal == nil { state.signal = signal }
        }
    }

    /// The same when the run's time is over: it ends with that failure.
    package func expire(_ failure: Failure) { cancel { $0.expired = failure } }

    private func cancel(_ note: (inout State) -> Void) {
        let cancellers = state.withLock { state in
            note(&state)
            return Array(state.cancellers.values)
        }
        for canceller in cancellers { canceller.cancel() }
    }
}
