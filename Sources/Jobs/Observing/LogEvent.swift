package import Configuration
package import Foundation

/// One line of a run's log, as text or as JSON. docs/operator.md documents each event and field; fields are added, never
/// renamed, and `version` counts up if one ever has to change its meaning.
package struct LogEvent: Sendable {
    /// What happened.
    package enum Name: String, Sendable, CaseIterable {
        case runBegan = "run.began"
        case stepBegan = "step.began"
        case stepEnded = "step.ended"
        case retry
        case notice
        case runEnded = "run.ended"
        /// There is no run: it could not begin.
        case runRefused = "run.refused"
    }

    package enum Level: String, Sendable, CaseIterable { case info, warning, error }

    /// The fields beside `version`, `time`, `level` and `event`; one that says nothing is left out.
    package enum Field: String, Sendable, CaseIterable {
        case run, job
        case businessDate = "business_date"
        case step, kind, number, of, status, attempt, read, written, rejected, changed, seconds
        case exitCode = "exit_code"
        case openBreaks = "open_breaks"
        case folder
        case message, code, location, advice
    }

    package enum Value: Sendable {
        case text(String)
        case number(Int64)
        case seconds(Double)
    }

    /// The shape's version.
    package static let version = 1

    package let name: Name
    package let level: Level
    package private(set) var fields: [(Field, Value)] = []

    package init(_ name: Name, _ level: Level = .info) {
        self.name = name
        self.level = level
    }

    mutating func set(_ field: Field, _ value: String?) { if let value { fields.append((field, .text(value))) } }
    mutating func set(_ field: Field, _ value: Int64?) { if let value { fields.append((field, .number(value))) } }
    mutating func set(_ field: Field, seconds: Double) { fields.append((field, .seconds(seconds))) }

    /// The line, without its end.
    ///
    /// - Parameter time: the moment; printed in UTC as RFC 3339 has it.
    package func line(_ format: LogFormat, at time: Date) -> String {
        let moment = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        switch format {
        case .text:
            let words = fields.map { "\($0.0.rawValue)=\(Self.bare($0.1) ?? Self.quoted($0.1))" }
            return ([moment, level.rawValue, name.rawValue] + words).joined(separator: " ")
        case .json:
            let head = [
                "\"version\":\(Self.version)", "\"time\":\"\(moment)\"", "\"level\":\"\(level.rawValue)\"",
                "\"event\":\"\(name.rawValue)\"",
            ]
            let rest = fields.map { field, value in
                let text = if case .text = value { Self.quoted(value) } else { Self.plain(value) }
                return "\"\(field.rawValue)\":\(text)"
            }
            return "{\((head + rest).joined(separator: ","))}"
        }
    }

    private static func plain(_ value: Value) -> String {
        switch value {
        case .text(let text): text
        case .number(let number): "\(number)"
        case .seconds(let seconds): String(format: "%.3f", seconds)
        }
    }

    /// A value that needs no quotes in a line of text.
    private static func bare(_ value: Value) -> String? {
        let text = plain(value)
        return text.wholeMatch(of: /[^\s"=\\]+/) == nil ? nil : text
    }

    /// As JSON writes a string: on one line, whatever is in it.
    private static func quoted(_ value: Value) -> String { (try? JSON.text(plain(value))) ?? "\"\"" }
}
