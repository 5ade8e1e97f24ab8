import Diagnostics
import Foundation
import Jobs

/// The two streams: data goes to stdout, all else to stderr.
enum Console {
    static let outIsTerminal = isatty(1) == 1
    static let errIsTerminal = isatty(2) == 1
    private static let colourAllowed =
        ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    /// Colour only on a terminal, and never against NO_COLOR.
    static let outStyle = TextStyle(colour: outIsTerminal && colourAllowed)
    static let errStyle = TextStyle(colour: errIsTerminal && colourAllowed)

    static func out(_ text: String) { write(text, to: .standardOutput) }
    static func err(_ text: String) { write(text, to: .standardError) }

    /// What the server says beside its answers: warnings only, for notices tell of what went as it should.
    static func serverSays(_ notice: String) {
        if !notice.hasPrefix("NOTICE") { err(notice) }
    }

    private static func write(_ text: String, to handle: FileHandle) {
        let line = text.hasSuffix("\n") ? text : text + "\n"
        try? handle.write(contentsOf: Data(line.utf8))
    }

    /// A value as one JSON document on stdout.
    static func json(_ value: some Encodable) throws { out(try JSON.text(value, pretty: true)) }

    /// An error for a person: the code, what happened, where, and what to do next.
    static func tell(_ failure: Failure) {
        var lines = ["\(errStyle.bad("error")) [\(failure.code.rawValue)] \(failure.message)"]
        if let location = failure.location { lines.append("  where: \(location)") }
        if let advice = failure.advice { lines.append("  next:  \(advice)") }
        err(lines.joined(separator: "\n"))
    }
}
