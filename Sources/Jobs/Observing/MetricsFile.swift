import Configuration
package import Diagnostics
import Foundation
import Glibc
package import Postgres
import Tabular

/// A job's figures for Prometheus, in a file that node_exporter's textfile collector reads: `mainspring_JOB.prom`.
///
/// One file a job, so that no job's writing loses another's figures. It is written whole when a run ends, however it
/// ends; when it can't be written, the one that was there is removed rather than left to tell of a success.
package struct MetricsFile: RunObserver {
    /// Seconds since 1970, as the journal says, and the breaks that are open.
    struct Known: Sendable, Equatable {
        var lastSuccess = "0"
        var doneUntil = "0"
        var openBreaks: [(code: String, open: Int64)] = []

        static func == (left: Known, right: Known) -> Bool {
            left.lastSuccess == right.lastSuccess && left.doneUntil == right.doneUntil
                && left.openBreaks.elementsEqual(right.openBreaks, by: ==)
        }
    }

    let directory: String
    let connect: @Sendable () throws -> Connection
    let notice: @Sendable (String) -> Void

    /// - Parameters:
    ///   - directory: absolute; it must be there.
    ///   - connect: a session that may read the journal.
    ///   - notice: is told when the file can't be written.
    package init(
        directory: String, connect: @escaping @Sendable () throws -> Connection,
        notice: @escaping @Sendable (String) -> Void
    ) {
        self.directory = directory
        self.connect = connect
        self.notice = notice
    }

    /// Where a job's figures lie.
    package func path(of job: String) -> String {
        let name = job.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" }
        return "\(directory)/mainspring_\(String(name)).prom"
    }

    package func began(_ summary: RunSummary) {}

    package func ended(_ summary: RunSummary) {
        var ending = Ending(job: summary.job, success: summary.status == "done", exitCode: summary.exitCode)
        ending.seconds = summary.seconds
        ending.rows = [
            ("read", summary.rows(\.read)), ("written", summary.rows(\.written)),
            ("rejected", summary.rows(\.rejected)), ("changed", summary.rows(\.changed)),
        ]
        write(ending)
    }

    package func didNotBegin(_ job: String, _ failure: Failure) {
        write(Ending(job: job, success: false, exitCode: failure.exitCode.rawValue))
    }

    private func write(_ ending: Ending) {
        let path = path(of: ending.job)
        do {
            let known = (try? ask(ending.job)) ?? ExpositionText.known(inFile: path)
            try WholeFile.write(
                ExpositionText.text(ending, known, at: Date().timeIntervalSince1970), to: path, mode: 0o644)
        } catch {
            unlink(path)
            notice("The figures for Prometheus can't be written: \(error)")
        }
    }

    private func ask(_ job: String) throws -> Known {
        let connection = try connect()
        defer { connection.close() }
        let row = try ObserverStatements.query("job-figures", ["job": .text(job)], on: connection)[0]
        let breaks = try ObserverStatements.query("open-breaks", [:], on: connection)
        return Known(
            lastSuccess: try row.text("last_success"), doneUntil: try row.text("done_until"),
            openBreaks: try breaks.map { (try $0.text("code"), try $0.int64("open")) })
    }

    /// How one run ended, or that it did not begin.
    struct Ending {
        var job: String
        var success: Bool
        var exitCode: Int32
        var seconds = 0.0
        var rows: [(kind: String, count: Int64)] = [("read", 0), ("written", 0), ("rejected", 0), ("changed", 0)]
    }
}
