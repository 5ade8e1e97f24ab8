package import Configuration
package import Diagnostics
import Foundation

/// Runs the operator's own programs when a run begins and ends (docs/operator.md, “Hooks”). One that fails, hangs or
/// isn't there is told, and changes nothing of the run.
package struct Hooks: RunObserver {
    /// Why a hook is run.
    package enum Event: String, Sendable, CaseIterable { case start, success, failure }

    /// What stands on stdin of a hook when there is no run, because it could not begin.
    package struct NoRun: Codable, Sendable {
        package var job: String
        package var status = "not begun"
        package var exitCode: Int32
        package var failure: RunSummary.Failed
    }

    private let settings: HookSettings
    private let home: Home
    private let interruption: Interruption
    private let notice: @Sendable (String) -> Void

    /// A signal that ends the program gives a hook this long, and then leaves it to itself.
    private static let graceSeconds = 2.0

    package init(
        settings: HookSettings, home: Home, interruption: Interruption, notice: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.home = home
        self.interruption = interruption
        self.notice = notice
    }

    package func began(_ summary: RunSummary) { tell(.start, summary) }

    package func ended(_ summary: RunSummary) { tell(summary.status == "done" ? .success : .failure, summary) }

    package func didNotBegin(_ job: String, _ failure: Failure) {
        let failed = RunSummary.Failed(
            code: failure.code.rawValue, message: failure.message, location: failure.location.map { "\($0)" },
            advice: failure.advice)
        let document = NoRun(job: job, exitCode: failure.exitCode.rawValue, failure: failed)
        run(
            .failure,
            [
                "JOB": job, "STATUS": document.status, "EXIT_CODE": "\(document.exitCode)",
                "ERROR_CODE": failed.code,
            ], document)
    }

    private func tell(_ event: Event, _ summary: RunSummary) {
        var values = [
            "JOB": summary.job, "RUN": "\(summary.run)", "BUSINESS_DATE": summary.businessDate,
            "STATUS": event == .start ? "running" : summary.status,
        ]
        if event != .start { values["EXIT_CODE"] = "\(summary.exitCode)" }
        values["ERROR_CODE"] = summary.failure?.code
        values["FOLDER"] = summary.folder.map { home.resolve($0) }
        var document = summary
        if event == .start { document.status = "running" }
        run(event, values, document)
    }

    private func run(_ event: Event, _ values: [String: String], _ document: some Encodable) {
        var words = command(event)
        guard let program = words.first, let input = try? JSON.text(document) else { return }
        if program.contains("/") { words[0] = home.resolve(program) }
        // What an outer hook was told is not told again as ours.
        var environment = ProcessInfo.processInfo.environment.filter { name, _ in
            !Self.names.contains { name == "MAINSPRING_\($0)" }
        }
        for (name, value) in values { environment["MAINSPRING_\(name)"] = value }
        environment["MAINSPRING_EVENT"] = event.rawValue
        environment["MAINSPRING_HOME"] = home.path
        let limit = Double(settings.timeoutSeconds)
        let began = Date()
        let ending = HookProgram(words: words, environment: environment).run(
            input: input, deadline: began.addingTimeInterval(limit)
        ) { !interruption.isSignalled || Date() < began.addingTimeInterval(Self.graceSeconds) }
        if let text = Self.text(ending, limit: settings.timeoutSeconds) {
            notice("The \(event.rawValue) hook \(program) \(text) The run is what it is without it.")
        }
    }

    /// The variables of a hook, without `MAINSPRING_`.
    static let names = [
        "EVENT", "RUN", "JOB", "BUSINESS_DATE", "STATUS", "EXIT_CODE", "ERROR_CODE", "FOLDER",
    ]

    private func command(_ event: Event) -> [String] {
        switch event {
        case .start: settings.start
        case .success: settings.success
        case .failure: settings.failure
        }
    }

    private static func text(_ ending: HookProgram.Ending, limit: Int) -> String? {
        switch ending {
        case .ended(0): nil
        case .ended(let status): "ended with \(status)."
        case .killed(let signal): "was ended by signal \(signal)."
        case .notStarted(let reason): "can't be started: \(reason)."
        case .tooLong: "took longer than \(limit) s (hooks.timeout_seconds) and was ended."
        case .left: "still runs; this program ends before it."
        }
    }
}
