import Configuration
package import Diagnostics
import Foundation
package import Postgres
import Reporting
import Tabular

/// The page over all runs, `index.html` in the output folder: of each job the last business dates, how they ended, and the
/// way to their files. It is written whole when a run ends, however it ends, or could not begin; a failure to do so breaks
/// no run.
package struct RunsIndex: RunObserver {
    private let directory: String
    private let connect: @Sendable () throws -> Connection
    private let notice: @Sendable (String) -> Void

    /// - Parameters:
    ///   - directory: the output folder, absolute; without one nothing has been written, and there is no index.
    ///   - connect: a session that may read the journal.
    ///   - notice: is told when the page can't be written.
    package init(
        directory: String, connect: @escaping @Sendable () throws -> Connection,
        notice: @escaping @Sendable (String) -> Void
    ) {
        self.directory = directory
        self.connect = connect
        self.notice = notice
    }

    package func began(_ summary: RunSummary) {}

    /// A process that was killed once its run was done left the page as it was: whoever asks to resume brings it up. Why
    /// it can't be written is what kept the run from beginning, and told already.
    package func didNotBegin(_ job: String, _ failure: Failure) { try? write() }

    package func ended(_ summary: RunSummary) {
        do { try write() } catch {
            notice("The page over all runs can't be written: \(Failure.of(error).description)")
        }
    }

    private func write() throws {
        guard FileManager.default.fileExists(atPath: directory) else { return }
        let connection = try connect()
        defer { connection.close() }
        let runs = try ObserverStatements.query("last-runs", [:], on: connection).map(run)
        try RunsPage(runs: runs).write(to: "\(directory)/index.html")
    }

    private func run(_ row: Row) throws -> RunsPage.Run {
        let (job, date) = (try row.text("job"), try row.text("business_date"))
        let folder = "\(job)/\(date)"
        let page = try row.optionalText("page") ?? ""
        let isThere = FileManager.default.fileExists(atPath: "\(directory)/\(folder)/\(page)")
        return RunsPage.Run(
            job: job, businessDate: date, status: try row.text("status"), exitCode: try row.optionalInt64("exit_code"),
            openBreaks: try row.optionalInt64("open_breaks"), files: try row.int64("files"),
            href: isThere ? "\(folder)/\(page)" : nil)
    }
}
