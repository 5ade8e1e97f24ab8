import ArgumentParser
import Diagnostics

/// The program's root: it only knows its subcommands, one file each in Commands/.
@main
struct Mainspring: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mainspring",
        abstract: "Reconciles a watch marketplace's money every night, and leaves a workbook that finance can trust.",
        discussion: """
            Orders, payments, gateways' answers and settlement statements are compared to the last paisa; every \
            difference becomes a break with one cause. Without a database of yours (--database, DATABASE_URL, PG*, or \
            database.url in config/mainspring.yml) a private PostgreSQL under .mainspring is started and used.

            EXAMPLES
              mainspring demo
              mainspring run nightly --date 2026-06-30
              mainspring breaks list

            \(ExitStatus.section(ExitStatus.all))
            """,
        version: "0.1.0",
        subcommands: [
            InitCommand.self, MigrateCommand.self, DoctorCommand.self, CheckCommand.self, DemoCommand.self,
            RunCommand.self, StatusCommand.self, HistoryCommand.self, RunsCommand.self, ImportCommand.self,
            ReconcileCommand.self, BreaksCommand.self, ExplainCommand.self, MetricsCommand.self, StockCommand.self,
            ReportCommand.self, ExtractCommand.self, VerifyCommand.self, ExpireCommand.self, JobsCommand.self,
            GatewaysCommand.self, SettlementsCommand.self, DatabaseCommand.self, ManualCommand.self,
        ])

    static func main() {
        InheritedFiles.keepFromChildren()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Ending.end(with: error)
        }
    }
}
