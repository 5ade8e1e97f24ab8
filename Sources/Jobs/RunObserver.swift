package import Diagnostics

/// Somebody who is told when a run has been recorded and when it has ended, beside whoever started it: a log, a file of
/// metrics, hooks, notifications.
///
/// An observer never throws and never ends the run: what goes wrong with it, it tells by itself.
package protocol RunObserver: Sendable {
    /// The run is in the journal and none of its steps has begun.
    func began(_ summary: RunSummary)
    /// The run is closed in the journal, or has failed: `status` and `exitCode` say how. It holds the lock no longer.
    func ended(_ summary: RunSummary)
    /// There is no run, because it could not begin: the job's file, the database, the schema, another run's lock.
    func didNotBegin(_ job: String, _ failure: Failure)
}

extension RunObserver {
    package func didNotBegin(_ job: String, _ failure: Failure) {}
}
