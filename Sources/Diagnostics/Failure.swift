/// What went wrong, in the words of the person who has to mend it.
///
/// Every error that leaves a target of ours is a `Failure`: what happened (`message`), where (`location`), what to do
/// next (`advice`), and a stable `code` by which scripts and the documentation know it (docs/errors.md lists them all).
/// A message never holds a secret or personal data.
package struct Failure: Error, Sendable, Equatable {
    package var code: ErrorCode
    /// One full sentence: what happened.
    package var message: String
    /// Where: a file with line and column, a job and step, a row id.
    package var location: Location?
    /// One full sentence: what to do next.
    package var advice: String?

    package init(_ code: ErrorCode, _ message: String, at location: Location? = nil, advice: String? = nil) {
        self.code = code
        self.message = message
        self.location = location
        self.advice = advice ?? code.advice
    }

    /// The exit code of the process that ends with this failure (docs/errors.md, “Exit codes”).
    package var exitCode: ExitCode { code.exitCode }
}

extension Failure: CustomStringConvertible {
    /// `code: message (where) advice`, on one line, as logs show it.
    package var description: String {
        var text = "\(code.rawValue): \(message)"
        if let location { text += " (\(location))" }
        if let advice { text += " \(advice)" }
        return text
    }
}

/// A place that a person can go to.
package enum Location: Sendable, Equatable, CustomStringConvertible {
    /// A place in a file; lines and columns count from 1.
    case file(String, line: Int? = nil, column: Int? = nil)
    /// A step of a job's run.
    case step(job: String, step: String)
    /// Anything else that has a name: `payment:17`, `database mainspring`.
    case named(String)

    package var description: String {
        switch self {
        case .file(let path, let line?, let column?): "\(path):\(line):\(column)"
        case .file(let path, let line?, nil): "\(path):\(line)"
        case .file(let path, nil, _): path
        case .step(let job, let step): "job \(job), step \(step)"
        case .named(let name): name
        }
    }
}
