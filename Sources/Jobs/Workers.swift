import Foundation
import Synchronization

/// Threads of their own for work that blocks: each makes its own state (a connection), then takes tasks until none is
/// left or one has failed.
enum Workers {
    private struct Progress<Output> {
        var next = 0
        var results: [Int: Output] = [:]
        var error: (any Error)?
    }

    /// Does every task, at most `count` at a time, and gives their results in the order of the tasks.
    /// - Throws: the first error of any worker, after all have stopped.
    static func run<Input: Sendable, State, Output: Sendable>(
        _ tasks: [Input], count: Int, makeState: @escaping @Sendable () throws -> State,
        _ body: @escaping @Sendable (State, Input) throws -> Output
    ) throws -> [Output] {
        let progress = Shared(Progress<Output>())
        let group = DispatchGroup()
        for number in 0..<max(1, min(count, tasks.count)) {
            group.enter()
            let thread = Thread {
                defer { group.leave() }
                do {
                    let state = try makeState()
                    while let index = progress.take(of: tasks.count) {
                        let output = try body(state, tasks[index])
                        progress.value.withLock { $0.results[index] = output }
                    }
                } catch {
                    progress.value.withLock { $0.error = $0.error ?? error }
                }
            }
            thread.name = "reader \(number + 1)"
            thread.start()
        }
        group.wait()
        return try progress.value.withLock { progress in
            if let error = progress.error { throw error }
            return tasks.indices.compactMap { progress.results[$0] }
        }
    }

    /// A mutex is not copyable, so threads share a box of it.
    private final class Shared<Output: Sendable>: Sendable {
        let value: Mutex<Progress<Output>>

        init(_ value: sending Progress<Output>) { self.value = Mutex(value) }

        /// The next task that nobody has taken.
        func take(of count: Int) -> Int? {
            value.withLock { progress in
                guard progress.error == nil, progress.next < count else { return nil }
                defer { progress.next += 1 }
                return progress.next
            }
        }
    }
}
