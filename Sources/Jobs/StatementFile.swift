import Configuration
import Diagnostics
import Foundation
import Postgres
import Reporting

/// A step of statements: `jobs/NAME.sql`, with the named statements `lock`, `difference` and `apply`.
///
/// `lock` (optional) takes the rows that may change. `difference` is a pure SELECT of what would change. `apply`
/// (optional: without it the step only reports) takes columns of the difference's rows as arrays, and writes them. The
/// file may begin with a comment `/* … */` that declares parameters of its own, in YAML, as a report's header does.
package struct StatementFile: Sendable {
    package let name: String
    let file: String
    let lock: SQLTemplate?
    let difference: SQLTemplate
    let apply: SQLTemplate?
    /// What the step is for, in a sentence, if the file says so.
    let about: String?
    /// The parameters that the file declares.
    let declared: [ReportParameter]
    /// The names that its statements use beside those that each run gives: its own, and its job's.
    let used: Set<String>

    /// What every statement may use beside the columns of the difference (docs/operator.md, “Steps of your own”).
    static let parameters = [
        "business_date", "from", "to", "cut_off", "time_zone", "business_currency", "reactivate_restocked", "stores",
        "run_id", "changed_since", "everything",
    ]
    /// What every difference has to say of a row.
    static let columns = ["entity", "finding", "applies", "before", "after"]

    /// Reads a step's file.
    /// - Parameter job: the names of the parameters that the job declares.
    /// - Throws: `job.unknown` when there is no such file, `job.invalid` when it isn't what a step's file is.
    package init(name: String, file: String, job: [String] = []) throws {
        self.name = name
        self.file = file
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(
                .jobUnknown, "The step's file can't be read.", at: .file(file),
                advice: "Check its name and its rights; `mainspring jobs show` tells which steps a job has.")
        }
        let text = String(decoding: data, as: UTF8.self)
        let library = try SQLLibrary(text, source: file)
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
        let header = try Self.header(of: text, file: file)
        about = try header?.optional("about")?.string()
        declared = try JobDefinition.readParameters(header?.optional("parameters"))
        let known = declared.map(\.name) + job
        let looked = (lock?.parameters ?? []) + difference.parameters
        used = Set(looked + (apply?.parameters ?? [])).intersection(known)
        if let name = looked.first(where: { !Self.parameters.contains($0) && !known.contains($0) }) {
            throw Failure(
                .jobInvalid, "“\(name)” isn't a parameter of a step.", at: .file(file),
                advice: NearestName.advice(for: name, among: Self.parameters + known)
                    ?? "The parameters are \((Self.parameters + known).joined(separator: ", ")).")
        }
        if let idle = declared.first(where: { !used.contains($0.name) }) {
            throw Failure(
                .jobInvalid, "The parameter “\(idle.name)” is declared, and no statement uses it.", at: idle.location,
                advice: "Remove it, or use it as :'\(idle.name)'.")
        }
    }

    /// The YAML of the leading comment.
    private static func header(of text: String, file: String) throws(Failure) -> YAMLMapping? {
        let lead = text.prefix { $0.isWhitespace }
        let rest = text[lead.endIndex...]
        guard rest.hasPrefix("/*"), let end = rest.firstRange(of: "*/") else { return nil }
        let yaml = String(rest[..<end.lowerBound].dropFirst(2))
        return try YAMLNode.parse(text: yaml, file: file, lineOffset: lead.count(where: \.isNewline))
            .mapping(allowed: ["about", "parameters"])
    }

    /// The typed values of the file's own parameters, outside any job.
    /// - Throws: `parameter.missing`.
    func ownValues() throws(Failure) -> [String: SQLValue] {
        var values: [String: SQLValue] = [:]
        for parameter in try StepParameter.joined(own: declared, job: []) {
            values[parameter.name] = try parameter.value([:], [:], of: name)
        }
        return values
    }

    /// Whether its statements ask what changed since the step was last done: then that moment is kept for it.
    var isIncremental: Bool {
        ([lock, difference, apply].compactMap(\.self)).contains { $0.parameters.contains("changed_since") }
    }

    /// The columns of the difference that apply takes as arrays.
    var applied: [String] { (apply?.parameters ?? []).filter { !Self.parameters.contains($0) && !used.contains($0) } }

    /// Has the server parse each statement, and holds the difference's columns against what is asked of them.
    /// - Throws: `job.invalid`, or the server's own error with the statement's place.
    func check(on connection: Connection, _ values: [String: SQLValue]) throws {
        if let lock { _ = try connection.describe(try lock.bind(values)) }
        let columns = try connection.describe(try difference.bind(values)).columns.map(\.name)
        if let both = columns.first(where: { used.contains($0) && apply?.parameters.contains($0) == true }) {
            throw Failure(
                .jobInvalid, "“\(both)” is both a parameter and a column of the difference.", at: .file(file),
                advice: "Give one of them another name: apply can't tell which is meant.")
        }
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
