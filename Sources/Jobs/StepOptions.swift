package import Diagnostics
package import Money

/// What a job's file says of a step beside what it does: its own limits, when it is left out, and values for its
/// parameters. What is nil is as the settings have it (docs/adding-a-job.md, “Options of a step”).
package struct StepOptions: Sendable, Equatable {
    /// How long one statement of the step may take, in seconds.
    package var timeoutSeconds: Int?
    /// How long a statement of the step may wait for a lock, in seconds.
    package var lockTimeoutSeconds: Int?
    /// How often the step is tried again after what may pass by itself; a step that reads has none of its own, since all
    /// of them share one snapshot and are tried again together.
    package var retries: Int?
    /// PostgreSQL's `work_mem` for the step, as PostgreSQL writes it: `256MB`.
    package var workMemory: String?
    /// When it does not hold, the step is skipped.
    package var onlyIf: OnlyIf?
    /// Whether everything is looked at again, whatever the step's watermark says (docs/operator.md, “What a night looks at”).
    package var isFull = false
    /// Values for parameters, by name, as written.
    package var parameters: [String: GivenValue] = [:]

    package init() {}
}

/// A value that a job's file gives to a parameter; its type is the parameter's own, so it is held against that later.
package struct GivenValue: Sendable, Equatable {
    /// As written.
    package let text: String
    /// Where it is written.
    package let location: Location

    package static func == (left: GivenValue, right: GivenValue) -> Bool { left.text == right.text }
}

/// When a step is done; otherwise it is skipped. Days are counted by the run's business date.
package enum OnlyIf: Sendable, Hashable, CustomStringConvertible {
    case firstOfMonth
    case monthEnd
    /// 1 is Monday, 7 Sunday.
    case weekday(Int)
    /// Some earlier step of the run changed rows; with a title, that step did.
    case changed(step: String?)

    static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    /// The conditions that are a word.
    static let words = ["first-of-month", "month-end", "changed"] + weekdays

    /// A word of a job's file; nil for one that isn't among `words`.
    init?(word: String) {
        switch word {
        case "first-of-month": self = .firstOfMonth
        case "month-end": self = .monthEnd
        case "changed": self = .changed(step: nil)
        default:
            guard let index = Self.weekdays.firstIndex(of: word) else { return nil }
            self = .weekday(index + 1)
        }
    }

    /// As people read it: `month-end`, `changed store-metrics`.
    package var description: String {
        switch self {
        case .firstOfMonth: "first-of-month"
        case .monthEnd: "month-end"
        case .weekday(let number): Self.weekdays[(number + 6) % 7]
        case .changed(nil): "changed"
        case .changed(let step?): "changed \(step)"
        }
    }

    /// Whether the step is done.
    /// - Parameter changed: the titles of the run's steps so far that changed a row.
    package func holds(businessDate: BusinessDate, changed: some Collection<String>) -> Bool {
        switch self {
        case .firstOfMonth: businessDate == businessDate.firstOfMonth
        case .monthEnd: businessDate == businessDate.lastOfMonth
        case .weekday(let number): businessDate.weekday == number
        case .changed(nil): !changed.isEmpty
        case .changed(let step?): changed.contains(step)
        }
    }
}
