package import Configuration
import Diagnostics
import Foundation
import Reconciliation
import Schema

/// Looks, before a night does, whether a run would have what it needs: `mainspring check`.
///
/// What a check can't find out because an earlier one failed is left out. Nothing is changed.
package struct HealthCheck: Sendable {
    /// One line of the answer.
    package struct Line: Codable, Sendable, Equatable {
        package enum State: String, Codable, Sendable, CaseIterable {
            case ok
            /// Runs go on, and somebody should look.
            case warn
            /// A run would fail, or end otherwise than a run should.
            case fail
        }

        /// `config`, `jobs`, `connection`, `pooler`, `clock`, `schema`, `rights`, `disk`, `inbox`, `metrics`, `hooks`.
        package var check: String
        package var state: State
        package var message: String
        /// What mends it: a statement, a command, a thing to do.
        package var next: String?
    }

    /// All of it. docs/operator.md documents each field; fields are added, never renamed.
    package struct Report: Codable, Sendable, Equatable {
        /// The shape's version.
        package var version = 1
        package var healthy: Bool
        package var checks: [Line]
    }

    let home: Home
    let database: String?

    package init(home: Home, database: String?) {
        self.home = home
        self.database = database
    }

    /// Does every check.
    package func report() -> Report {
        var lines: [Line] = []
        do {
            let settings = try Settings.load(home: home)
            lines.append(Line(check: "config", state: .ok, message: "\(home.path): the settings are in order."))
            lines += jobs(settings)
            let access = DatabaseAccess(home: home, settings: settings, database: database)
            lines += DatabaseChecks(access: access, settings: settings).lines()
            lines += FolderChecks(access: access, home: home, settings: settings).lines()
        } catch {
            lines.append(Line("config", error))
        }
        return Report(healthy: !lines.contains { $0.state == .fail }, checks: lines)
    }

    /// Every job with all its files, as a run would read them.
    private func jobs(_ settings: Settings) -> [Line] {
        let catalogue = JobCatalogue(home: home)
        var failed: [Line] = []
        for name in catalogue.names {
            do { _ = try RunPlan.load(try catalogue.job(name), home: home, settings: settings) } catch {
                let failure = Failure.of(error)
                // A value that only a command gives is nothing to mend.
                if failure.code != .parameterMissing { failed.append(Line("jobs", failure)) }
            }
        }
        if !failed.isEmpty { return failed }
        return [Line(check: "jobs", state: .ok, message: "\(catalogue.names.joined(separator: ", ")): in order.")]
    }
}

extension HealthCheck.Line {
    /// A check that failed, as the error tells it.
    init(_ check: String, _ error: any Error) {
        let failure = Failure.of(error)
        let place = failure.location.map { " (\($0))" } ?? ""
        self.init(
            check: check, state: .fail, message: "[\(failure.code.rawValue)] \(failure.message)\(place)",
            next: failure.advice)
    }
}

extension HealthCheck.Report {
    /// One line a check, and what mends those that aren't in order.
    package func text(_ style: TextStyle) -> String {
        let lines = checks.flatMap { line in
            let state =
                switch line.state {
                case .ok: style.good("ok  ")
                case .warn: style.warning("warn")
                case .fail: style.bad("fail")
                }
            let name = line.check + String(repeating: " ", count: max(0, 10 - line.check.count))
            return ["\(state)  \(name)  \(line.message)"] + (line.next.map { ["                  next: \($0)"] } ?? [])
        }
        return lines.joined(separator: "\n")
    }
}
