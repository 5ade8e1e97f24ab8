package import Configuration
package import Diagnostics
import Money
package import Postgres

/// A parameter of a report, as the header declares it, or of a job or step, as its file does.
package struct ReportParameter: Sendable {
    /// The types of parameters; a timestamp is a moment, `timestamptz` in SQL; config is a file of `config/`, handed to
    /// the SELECT as `jsonb`.
    package enum Kind: String, Sendable, CaseIterable { case date, timestamp, text, integer, decimal, boolean, config }

    package let name: String
    package let kind: Kind
    /// The value it has when nobody gives one; without it, the run's own (`from`, `to`, `business_date`, `cut_off`,
    /// `time_zone`, `business_currency`) or a value from the command line is needed. Of a config parameter the file.
    package let fallback: String?
    /// What it is for, in a sentence; reports explain themselves in their description.
    package let about: String?
    /// Where it is declared.
    package let location: Location

    /// Reads `NAME: { type, default, about }`, name by name.
    /// - Parameters:
    ///   - kinds: the types that may be declared.
    ///   - code: what a declaration that can't stand is refused as.
    package static func list(
        _ node: YAMLNode?, kinds: [Kind] = Kind.allCases, refusedAs code: ErrorCode = .reportInvalid
    ) throws(Failure) -> [ReportParameter] {
        guard let mapping = try node?.anyMapping() else { return [] }
        var parameters: [ReportParameter] = []
        for name in mapping.keys {
            parameters.append(try ReportParameter(name, mapping.required(name), kinds: kinds, refusedAs: code))
        }
        return parameters
    }

    private init(_ name: String, _ node: YAMLNode, kinds: [Kind], refusedAs code: ErrorCode) throws(Failure) {
        let mapping = try node.mapping(allowed: ["type", "default", "file", "about"])
        self.name = name
        location = node.location
        let kindName = try mapping.required("type").name(among: kinds.map(\.rawValue))
        kind = Kind(rawValue: kindName) ?? .text
        about = try mapping.optional("about")?.string()
        if kind == .config {
            fallback = try Self.file(mapping, refusedAs: code)
            return
        }
        if let node = mapping.optional("file") {
            throw Failure(
                code, "A parameter of type \(kindName) has no file.", at: node.location,
                advice: "Write type: config, or a default.")
        }
        guard let node = mapping.optional("default") else {
            fallback = nil
            return
        }
        let text = try node.string()
        fallback = text
        do { _ = try value(of: text) } catch {
            throw Failure(code, error.message, at: node.location, advice: error.advice)
        }
    }

    /// The file of a config parameter, counted from the home.
    private static func file(_ mapping: YAMLMapping, refusedAs code: ErrorCode) throws(Failure) -> String {
        if let node = mapping.optional("default") {
            throw Failure(
                code, "A parameter of type config has a file, and no default.", at: node.location,
                advice: "Write file: with its path from the home.")
        }
        let node = try mapping.required("file")
        let file = try node.string()
        do { _ = try ConfigDocument.form(of: file) } catch {
            throw Failure(code, error.message, at: node.location, advice: error.advice)
        }
        return file
    }

    /// The typed value that a text stands for; of a config parameter its path, since only a report knows its home.
    /// - Throws: `parameter.invalid`.
    package func value(of text: String) throws(Failure) -> SQLValue {
        switch kind {
        case .text, .config: return .text(text)
        case .timestamp: return .timestamptz(text)
        case .date:
            guard let date = try? BusinessDate(text) else { throw invalid(text, "a date like 2026-06-30") }
            return .date(date.description)
        case .integer:
            guard let value = Int64(text) else { throw invalid(text, "a whole number") }
            return .int(value)
        case .decimal:
            guard text.wholeMatch(of: /[+-]?[0-9]{1,30}(\.[0-9]{1,20})?/) != nil else {
                throw invalid(text, "a plain decimal number")
            }
            return .numeric(text)
        case .boolean:
            guard text == "true" || text == "false" else { throw invalid(text, "true or false") }
            return .bool(text == "true")
        }
    }

    /// A value of the kind, for a statement that is planned and not run.
    package var sample: SQLValue {
        if kind != .config, let fallback, let value = try? value(of: fallback) { return value }
        return switch kind {
        case .config: .json("[]")
        // Most texts name a time zone, which the planner looks up.
        case .text: .text("UTC")
        case .timestamp: .timestamptz("2026-01-01 00:00:00+00")
        case .date: .date("2026-01-01")
        case .integer: .int(1)
        case .decimal: .numeric("1")
        case .boolean: .bool(true)
        }
    }

    private func invalid(_ text: String, _ wanted: String) -> Failure {
        Failure(
            .parameterInvalid, "The parameter \(name) can't be “\(text)”.", at: .named("parameter \(name)"),
            advice: "Give it \(wanted).")
    }
}
