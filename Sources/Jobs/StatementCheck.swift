import Configuration
import Diagnostics
import Foundation
import Money
package import Postgres
package import Reconciliation

/// Reads statement files as an import would, and takes everything back: whether they are in order, and their totals.
package struct StatementCheck {
    private let catalogue: ChannelCatalogue
    private let timeZone: String

    package init(catalogue: ChannelCatalogue, timeZone: String) {
        self.catalogue = catalogue
        self.timeZone = timeZone
    }

    /// Carries the result out of a transaction that is rolled back.
    private struct RolledBack: Error { let outcome: ImportOutcome }

    /// - Throws: what an import of the file would throw.
    package func check(_ path: String, as statement: String, on connection: Connection) throws -> ImportOutcome {
        let calendar = try Journal(connection).calendar(
            date: nil, from: nil, to: nil, rule: .previousDay, timeZone: timeZone)
        let day = try BusinessDate(calendar.businessDate)
        let run = ReconciliationRun(
            runID: 0, businessDate: day, window: try Window(from: day, to: day), cutOff: calendar.cutOff,
            timeZone: timeZone, osUser: Identity.user, resolves: false)
        do {
            return try connection.transaction {
                throw RolledBack(
                    outcome: try StatementImporter(catalogue: catalogue)
                        .importFile(path, as: statement, run: run, on: connection))
            }
        } catch let result as RolledBack {
            return result.outcome
        }
    }
}

extension ImportOutcome {
    /// For people: what the file holds, with its control totals.
    package var text: String {
        switch self {
        case .alreadyImported(let name): return "in order; its content was imported before, as \(name)"
        case .superseded(let name, let lines):
            return "imported before, as \(name); \(Figures.counted(Int64(lines), "line", "lines")) let stand now"
        case .imported(let statement):
            let counts = [
                Figures.counted(Int64(statement.lines), "line", "lines"), "\(statement.live) new",
                "\(statement.resent) sent before", "\(statement.duplicates) twice in the file",
                "\(statement.changed) changed since",
            ]
            let totals = statement.totals.map { total in
                "  \(total.lineType) \(total.currency): \(Figures.counted(Int64(total.lines), "line", "lines")), gross "
                    + "\(Figures.grouped(total.gross)), deductions \(Figures.grouped(total.deductions)), net "
                    + Figures.grouped(total.net)
            }
            return (["in order; \(counts.joined(separator: ", "))"] + totals).joined(separator: "\n")
        }
    }
}
