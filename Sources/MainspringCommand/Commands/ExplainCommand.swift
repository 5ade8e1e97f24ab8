import ArgumentParser
import Configuration
import Jobs
import Postgres
import Reconciliation

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a payment, order, line, payout or break: what each side says, and why it agrees or not.",
        discussion: """
            Each source, each way in which lines looked for their payment, each rule with the values that it compared, \
            where the money stands, and what would mend it. The night's own rules are applied to the one order; nothing \
            is written.

            EXAMPLES
              mainspring explain payment:17
              mainspring explain order ORD-2026-00042
              mainspring explain line:stripe-2026-05.csv:214
              mainspring explain payout:po_1a2b3c --json
              mainspring explain 3f0c91aa52be7d10

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @Argument(
        help: ArgumentHelp(
            "payment:ID, order:ID or order NUMBER, line:FILE:LINE, payout:ID, or a break's id.", valueName: "subject"))
    var subject: [String]

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var placing: PlaceOptions

    func run() throws {
        let subject = try Subject(subject)
        let place = try placing.place()
        let connection = try place.connect(role: place.settings.jobRole)
        defer { connection.close() }
        let explanation = try ExplanationDesk(home: place.home, settings: place.settings).explain(
            subject, on: connection)
        if json {
            try Console.json(explanation)
        } else {
            Console.out(ExplanationPage(explanation).text(Console.outStyle))
        }
    }
}
