import Diagnostics
import Foundation

/// A watch beside a run: when its time is over, what is under way is cancelled, and the run fails.
final class Deadline: Sendable {
    private let stopped = DispatchSemaphore(value: 0)

    /// Starts to count.
    init(seconds: Int, _ interruption: Interruption) {
        let failure = Failure(
            .runTimedOut, "The run took longer than limits.run_timeout_seconds, \(seconds) s, and was ended.",
            at: .named("limits.run_timeout_seconds"))
        let stopped = stopped
        let thread = Thread {
            guard stopped.wait(timeout: .now() + .seconds(seconds)) == .timedOut else { return }
            // A cancel request that reaches the server between two statements is lost, so it is repeated.
            repeat { interruption.expire(failure) } while stopped.wait(timeout: .now() + 0.1) == .timedOut
        }
        thread.name = "deadline"
        thread.start()
    }

    /// The run is over.
    func stop() { stopped.signal() }
}
