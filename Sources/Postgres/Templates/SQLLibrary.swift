package import Diagnostics

/// A .sql file of named statements: each begins at a line `-- name: x`. What stands before the first is a comment.
package struct SQLLibrary: Sendable {
    /// In the order of the file.
    package let names: [String]
    package let source: String
    private let templates: [String: SQLTemplate]

    /// - Throws: `parameter.invalid` with file and line: SQL before the first name, a name twice, an empty section, or
    ///   what `SQLTemplate` refuses.
    package init(_ text: String, source: String) throws(Failure) {
        var names: [String] = []
        var templates: [String: SQLTemplate] = [:]
        for section in Self.sections(of: text) {
            let place = Location.file(source, line: section.line)
            guard let name = section.name else {
                let preamble = try SQLLexer.lex(section.text, source: source, line: section.line)
                guard preamble.statements == 0 else {
                    throw Failure(.parameterInvalid, "SQL stands before the first `-- name:` line.", at: place)
                }
                continue
            }
            guard templates[name] == nil else {
                throw Failure(.parameterInvalid, "The name \(name) stands twice.", at: place)
            }
            let label = "\(source): \(name)"
            let template = try SQLTemplate(section.text, source: source, line: section.line, name: label)
            guard !template.isEmpty else { throw Failure(.parameterInvalid, "\(name) holds no SQL.", at: place) }
            names.append(name)
            templates[name] = template
        }
        guard !names.isEmpty else {
            throw Failure(.parameterInvalid, "There is no `-- name:` line.", at: .file(source))
        }
        self.names = names
        self.source = source
        self.templates = templates
    }

    /// A file that was embedded at build time.
    package init(embedded bytes: [UInt8], source: String) throws(Failure) {
        try self.init(String(decoding: bytes, as: UTF8.self), source: source)
    }

    /// Throws `parameter.invalid` when there is no such statement.
    package subscript(_ name: String) -> SQLTemplate {
        get throws(Failure) {
            guard let template = templates[name] else {
                throw Failure(
                    .parameterInvalid, "There is no statement \(name); there are \(names.joined(separator: ", ")).",
                    at: .file(source))
            }
            return template
        }
    }

    /// Whether there is a statement of this name.
    package func contains(_ name: String) -> Bool { templates[name] != nil }

    private struct Section {
        var name: String?
        var line: Int
        var text: String
    }

    private static func sections(of text: String) -> [Section] {
        var sections = [Section(name: nil, line: 1, text: "")]
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            // Most lines are no comment, and a pattern takes a thousand times as long to say so.
            if line.hasPrefix("--"), let match = line.wholeMatch(of: /--\s*name:\s*([A-Za-z0-9_.-]+)\s*/) {
                sections.append(Section(name: String(match.1), line: index + 2, text: ""))
            } else {
                sections[sections.count - 1].text += line + "\n"
            }
        }
        return sections
    }
}
