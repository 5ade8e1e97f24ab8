import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The pipe by which the signal handler, which may do almost nothing, wakes the thread that does the rest.
private let wakeUp = Atomic<Int32>(-1)

/// The thread that turns SIGINT and SIGTERM into an interruption, at most `graceSeconds` before the process ends.
///
/// A handler and a pipe rather than a blocked mask: children that we start (the embedded server, psql) inherit neither.
package enum SignalThread {
    /// A run that has not rolled back within this time is left to the next one, which finds it dead.
    static let graceSeconds = 4.5

    /// Starts listening; once a process.
    package static func start(for interruption: Interruption) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        for end in [readEnd, writeEnd] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        wakeUp.store(writeEnd, ordering: .sequentiallyConsistent)
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(wakeUp.load(ordering: .sequentiallyConsistent), &byte, 1)
            }
        }
        // Whoever started us may have blocked them, as threads of many runtimes do.
        var wanted = sigset_t()
        sigemptyset(&wanted)
        for number in [SIGINT, SIGTERM] { sigaddset(&wanted, number) }
        pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
        let thread = Thread { listen(readEnd, interruption) }
        thread.name = "signals"
        thread.start()
    }

    private static func listen(_ readEnd: Int32, _ interruption: Interruption) {
        var byte: UInt8 = 0
        while true {
            let count = read(readEnd, &byte, 1)
            if count == 1 { break }
            if count == 0 || errno != EINTR { return }
        }
        let number = Int32(byte)
        let deadline = Date().addingTimeInterval(graceSeconds)
        while Date() < deadline {
            interruption.raise(number)
            Thread.sleep(forTimeInterval: 0.1)
        }
        _exit(128 + number)
    }
}
