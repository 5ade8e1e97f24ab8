import Diagnostics
import Foundation
import Postgres

/// A step of statements: `jobs/NAME.sql`, with the named statements `lock`, `difference` and `apply`.
///
/// `lock` (optional) takes the rows that may change. `difference` is a pure SELECT of what would change. `apply`
/// (optional: without it the step only reports) takes columns of the difference's rows as arrays, and writes them.
package struct StatementFile: Sendable {
    package let name: String
    let file: String
    let lock: SQLTemplate?
    let difference: SQLTemplate
    let apply: SQLTemplate?

    /// What every statement may use beside the columns of the difference (docs/operator.md, “Steps of your own”).
    static let parameters = [
        "business_date", "from", "to", "cut_off", "time_zone", "business_currency", "reactivate_restocked", "stores",
        "run_id",
    ]
    /// What every difference has to say of a row.
    static let columns = ["entity", "finding", "applies", "before", "after"]

    /// Reads a step's file.
    /// - Throws: `job.unknown` when there is no such file, `job.invalid` when it isn't what a step's file is.
    package init(name: String, file: String) throws {
        self.name = name
        self.file = file
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(
                .jobUnknown, "The step's file can't be read.", at: .file(file),
                advice: "Check its name and its rights; `mainspring jobs show` tells which steps a job has.")
        }
        let library = try SQLLibrary(String(decoding: data, as: UTF8.self), source: file)
        let sections = ["lock", "difference", "apply"]
        for section in library.names where !sections.contains(section) {
            throw Failure(
                .jobInvalid, "“\(section)” isn't a statement of a step; they are \(sections.joined(separator: ", ")).",
                at: .file(file), advice: "Rename or remove it.")
        }
        guard library.names.contains("difference") else {
            throw Failure(
                .jobInvalid, "The step has no statement `-- name: difference`.", at: .file(file), advice: "Add it.")
        }
        lock = library.names.contains("lock") ? try library["lock"] : nil
        difference = try library["difference"]
        apply = library.names.contains("apply") ? try library["apply"] : nil
        for parameter in (lock?.parameters ?? []) + difference.parameters where !Self.parameters.contains(parameter) {
            throw Failure(
                .jobInvalid, "“\(parameter)” isn't a parameter of a step.", at: .file(file),
                advice: "The parameters are \(Self.parameters.joined(separator: ", ")).")
        }
    }

    /// The columns of the difference that apply takes as arrays.
    var applied: [String] { (apply?.parameters ?? []).filter { !Self.parameters.contains($0) } }

    /// Has the server parse each statement, and holds the difference's columns against what is asked of them.
    /// - Throws: `job.invalid`, or the server's own error with the statement's place.
    func check(on connection: Connection, _ values: [String: SQLValue]) throws {
        if let lock { _ = try connection.describe(try lock.bind(values)) }
        let columns = try connection.describe(try difference.bind(values)).columns.map(\.name)
        for column in Self.columns + applied where !columns.contains(column) {
            throw Failure(
                .jobInvalid, "The difference has no column “\(column)”.", at: .file(file),
                advice: "It selects \(columns.joined(separator: ", ")).")
        }
        if let apply {
            var arrays = values
            for column in applied { arrays[column] = .textArray([]) }
            _ = try connection.describe(try apply.bind(arrays))
        }
    }
}
