import ArgumentParser
import Diagnostics
import Jobs

struct ReconcileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Reconcile payments now, without the rest of the night.",
        discussion: """
            A run of its own in the journal, with the night's lock and rules; it writes no files.

            EXAMPLES
              mainspring reconcile
              mainspring reconcile --from 2026-06-01 --to 2026-06-30

            \(ExitStatus.section(ExitStatus.writing + [.breaksOverLimit]))
            """)

    @OptionGroup var window: WindowOptions
    @OptionGroup var running: RunningOptions
    @OptionGroup var placing: PlaceOptions

    func run() throws {
        var options = RunOptions()
        options.from = window.from?.text
        options.to = window.to?.text
        let job = JobDefinition(name: "reconcile", steps: [JobStep(.reconcilePayments)])
        try running.run(job, try placing.place(), options)
    }
}
