import ArgumentParser
import Configuration
import Diagnostics
import Foundation
import Jobs
import Postgres

/// Who is told of the runs of a job: the terminal or the log; and, for a job of the home's own, the file of metrics, the
/// hooks and the administrators.
struct Observing {
    let job: String
    let progress: any RunProgress
    let observers: [any RunObserver]
    let interruption = Interruption()
    /// Whether stderr is JSON Lines, so that nothing else may stand there.
    let logsJSON: Bool

    init(_ job: String, _ place: Place, log: LogFormat?, isNamed: Bool) {
        self.job = job
        let format = log ?? (Console.errIsTerminal ? nil : place.settings.logFormat)
        logsJSON = format == .json
        var observers: [any RunObserver] = []
        let progress: any RunProgress
        if let format {
            let log = RunLog(job: job, format: format) { Console.err($0) }
            observers.append(log)
            progress = log
        } else {
            progress = ConsoleProgress()
        }
        self.progress = progress
        if isNamed {
            observers += Self.others(place, interruption, notice: { progress.notice($0) })
        }
        self.observers = observers
    }

    private static func others(
        _ place: Place, _ interruption: Interruption, notice: @escaping @Sendable (String) -> Void
    ) -> [any RunObserver] {
        let (access, settings, home) = (place.access, place.settings, place.home)
        @Sendable func connect(_ role: String) throws -> Connection {
            try Connection(try access.target().with(applicationName: "mainspring observer"), role: role)
        }
        var observers: [any RunObserver] = []
        if let directory = settings.metricsDirectory {
            observers.append(
                MetricsFile(
                    directory: home.resolve(directory), connect: { try connect(settings.reportRole) }, notice: notice))
        }
        observers.append(
            RunsIndex(
                directory: home.resolve(settings.outputDirectory), connect: { try connect(settings.reportRole) },
                notice: notice))
        observers.append(
            AdminNotices(jobs: JobCatalogue(home: home), connect: { try connect(settings.jobRole) }, notice: notice))
        // Last: what a hook looks at is there.
        observers.append(Hooks(settings: settings.hooks, home: home, interruption: interruption, notice: notice))
        return observers
    }

    /// Does what may keep a run from beginning, and tells everybody when it does.
    func guarding<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch {
            let failure = Failure.of(error)
            // A name that is no job's has no figures and no hooks to tell.
            let told = failure.code == .jobUnknown ? Array(observers.prefix { $0 is RunLog }) : observers
            for observer in told { observer.didNotBegin(job, failure) }
            guard logsJSON else { throw error }
            throw ArgumentParser.ExitCode(failure.exitCode.rawValue)
        }
    }
}
