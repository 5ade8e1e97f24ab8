import Diagnostics

/// How a run's files of text are written (docs/operator.md, “Settings”).
package struct TextSettings: Sendable, Equatable {
    /// For whom: text that a spreadsheet would run is made inert, and Excel told that it is UTF-8; or every text as it is.
    package enum Profile: String, Sendable, CaseIterable { case spreadsheet, machine }
    package enum LineEnding: String, Sendable, CaseIterable { case lf, crlf }
    /// By the ending that the files get.
    package enum Compression: String, Sendable, CaseIterable { case none, gz, zst }

    package var profile = Profile.spreadsheet
    package var lineEnding = LineEnding.lf
    /// What NULL is written as, never quoted; the empty text is `""`.
    package var nullText = ""
    package var compression = Compression.none

    package init() {}
}

extension Settings {
    mutating func readOutput(_ node: YAMLNode?) throws(Failure) {
        guard let node else { return }
        let output = try node.mapping(allowed: ["directory", "profile", "line_ending", "null_text", "compress"])
        func choice<T: RawRepresentable<String> & CaseIterable>(_ key: String, _ usual: T) throws(Failure) -> T {
            guard let value = output.optional(key) else { return usual }
            return T(rawValue: try value.name(among: T.allCases.map(\.rawValue))) ?? usual
        }
        if let value = output.optional("directory") { outputDirectory = try value.string() }
        text.profile = try choice("profile", text.profile)
        text.lineEnding = try choice("line_ending", text.lineEnding)
        text.compression = try choice("compress", text.compression)
        guard let value = output.optional("null_text") else { return }
        text.nullText = try value.string()
        guard text.nullText.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "\\_-".contains($0)) }) else {
            throw Failure(
                .configInvalid, "NULL can't be written as “\(text.nullText)”.", at: value.location,
                advice: "Use letters, digits, \\, _ and -, or nothing at all.")
        }
    }
}
