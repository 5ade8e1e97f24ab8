import Diagnostics
import Foundation
package import Postgres

/// Reads the journal, for `mainspring history`.
package struct History: Sendable {
    package struct Entry: Codable, Sendable {
        package var run: Int64
        package var job: String
        package var businessDate: String
        package var status: String
        package var exitCode: Int?
        package var user: String
        package var host: String
        /// In the business's time zone.
        package var startedAt: String
        /// nil while it runs.
        package var seconds: String?
        package var errorCode: String?
        package var errorMessage: String?
        /// Above 1 for a run that was resumed.
        package var attempt: Int
        /// Whether the command left steps out, so that the business date isn't done by it.
        package var partial: Bool
    }

    /// Runs, newest first.
    package struct List: Codable, Sendable {
        /// The shape's version; fields are added, never renamed.
        package var version = 1
        package var timeZone: String
        package var runs: [Entry]
    }

    package struct Step: Codable, Sendable {
        package var number: Int
        package var step: String
        package var kind: String
        package var status: String
        package var read: Int64
        package var written: Int64
        package var rejected: Int64
        package var changed: Int64
        package var seconds: String
        package var detail: StepDetail
    }

    package struct File: Codable, Sendable {
        package var path: String
        package var format: String
        package var rows: Int64
        package var bytes: Int64
        package var sha256: String
        /// Currency → plain decimal, of the column that the manifest names.
        package var sums: [String: String]
    }

    /// One run, with its steps and files.
    package struct Detail: Codable, Sendable {
        /// The shape's version; fields are added, never renamed.
        package var version = 1
        package var timeZone: String
        package var entry: Entry
        package var from: String
        package var to: String
        package var cutOff: String
        package var steps: [Step]
        package var files: [File]
    }

    package let timeZone: String

    package init(timeZone: String) { self.timeZone = timeZone }

    /// The newest runs, of one job or of all.
    package func list(job: String?, limit: Int, on connection: Connection) throws -> List {
        let rows = try Journal(connection).query(
            "history", ["job": .optional(job), "limit": .int(limit), "time_zone": .text(timeZone)])
        return List(timeZone: timeZone, runs: try rows.map { try Entry($0) })
    }

    /// One run.
    /// - Throws: `parameter.invalid` when there is none of that number.
    package func run(_ number: Int64, on connection: Connection) throws -> Detail {
        let journal = try Journal(connection)
        guard let row = try journal.query("run", ["run_id": .int(number), "time_zone": .text(timeZone)]).first else {
            throw Failure(
                .parameterInvalid, "The journal has no run \(number).", advice: "`mainspring history` lists the runs.")
        }
        let steps = try journal.query("run_steps", ["run_id": .int(number)])
        let files = try journal.query("run_files", ["run_id": .int(number)])
        return Detail(
            timeZone: timeZone, entry: try Entry(row), from: try row.text("window_from"), to: try row.text("window_to"),
            cutOff: try row.text("cut_off"), steps: try steps.map { try Step($0) },
            files: try files.map { try File($0) })
    }
}

extension History.Entry {
    init(_ row: Row) throws {
        self.init(
            run: try row.int64("run_id"), job: try row.text("job"), businessDate: try row.text("business_date"),
            status: try row.text("status"), exitCode: try row.optionalInt("exit_code"),
            user: try row.text("os_user"), host: try row.text("host"), startedAt: try row.text("started_local"),
            seconds: try row.optionalText("seconds"), errorCode: try row.optionalText("error_code"),
            errorMessage: try row.optionalText("error_message"), attempt: try row.int("attempt"),
            partial: try row.bool("partial"))
    }
}

extension History.Step {
    init(_ row: Row) throws {
        self.init(
            number: try row.int("step_no"), step: try row.text("step"), kind: try row.text("kind"),
            status: try row.text("status"), read: try row.int64("rows_read"), written: try row.int64("rows_written"),
            rejected: try row.int64("rows_rejected"), changed: try row.int64("rows_changed"),
            seconds: try row.text("seconds"),
            detail: try JSONDecoder().decode(StepDetail.self, from: Data(try row.text("detail").utf8)))
    }
}

extension History.File {
    init(_ row: Row) throws {
        self.init(
            path: try row.text("path"), format: try row.text("format"), rows: try row.int64("rows"),
            bytes: try row.int64("bytes"), sha256: try row.text("sha256"),
            sums: try JSONDecoder().decode([String: String].self, from: Data(try row.text("sums").utf8)))
    }
}
