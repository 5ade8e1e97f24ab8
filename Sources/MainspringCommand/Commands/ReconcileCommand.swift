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
              mainspring reconcile --full

            \(ExitStatus.section(ExitStatus.writing + [.breaksOverLimit]))
            """)

    @Flag(help: "Look at everything again and count the running balances afresh, whatever changed.")
    var full = false

    @OptionGroup var window: WindowOptions
    @OptionGroup var running: RunningOptions
    @OptionGroup var placing: PlaceOptions

    func run() throws {
        var options = RunOptions()
        options.from = window.from?.text
        options.to = window.to?.text
        options.isFull = full
        let job = JobDefinition(name: "reconcile", steps: [JobStep(.reconcilePayments)])
        try running.run(job, try placing.place(), options)
    }
}
