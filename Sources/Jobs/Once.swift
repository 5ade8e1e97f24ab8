import Synchronization

/// Something that happens once a process.
final class Once: Sendable {
    private let done = Atomic<Bool>(false)

    /// Whether this is the first time.
    func take() -> Bool { !done.exchange(true, ordering: .sequentiallyConsistent) }
}
