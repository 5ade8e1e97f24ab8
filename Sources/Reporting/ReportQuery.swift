import Diagnostics
package import Postgres

/// The SELECT of a report.
package struct ReportQuery: Sendable {
    package let template: SQLTemplate
    /// The line of the file on which it begins.
    package let line: Int

    /// Takes the text after the header, which begins on `line` of `file`.
    init(_ text: String, name: String, file: String, line: Int) throws(Failure) {
        let lead = text.prefix { $0.isWhitespace }
        let line = line + lead.count(where: \.isNewline)
        func invalid(_ message: String, _ advice: String) -> Failure {
            Failure(.reportInvalid, message, at: .file(file, line: line), advice: advice)
        }
        let body = String(text[lead.endIndex...])
        do { template = try SQLTemplate(body, source: file, line: line, name: "report \(name)") } catch {
            throw Failure(.reportInvalid, error.message, at: error.location, advice: error.advice)
        }
        self.line = line
        let words = SQLWords(body)
        guard let first = words.outer.first, ["select", "with"].contains(first) else {
            throw invalid("After the header stands no SELECT.", "Write one SELECT, or WITH … SELECT.")
        }
        guard template.isSingleStatement else {
            throw invalid("After the header stands more than one statement.", "Keep one SELECT in the file.")
        }
        guard zip(words.outer, words.outer.dropFirst()).contains(where: { $0 == ("order", "by") }) else {
            throw invalid(
                "The SELECT has no ORDER BY of its own, so that its rows would come in any order.",
                "End it with an ORDER BY over a full key.")
        }
    }
}

/// The words of a statement that stand outside all parentheses, quotes and comments, in lower case. The statement is
/// one that `SQLTemplate` has accepted: what opens is closed.
struct SQLWords {
    let outer: [String]

    init(_ sql: String) {
        let text = Array(sql.utf8)
        var words: [String] = []
        var depth = 0
        var at = 0
        func has(_ ahead: Int, _ character: Character) -> Bool {
            at + ahead < text.count && text[at + ahead] == character.asciiValue
        }
        while at < text.count {
            if has(0, "-"), has(1, "-") {
                while at < text.count, !has(0, "\n") { at += 1 }
            } else if has(0, "/"), has(1, "*") {
                at = Self.endOfComment(text, from: at)
            } else if has(0, "'") || has(0, "\"") {
                at = Self.endOfQuote(text, from: at)
            } else if has(0, "$") {
                at = Self.endOfDollarQuote(text, from: at)
            } else if Self.isWord(text[at]) {
                let start = at
                while at < text.count, Self.isWord(text[at]) { at += 1 }
                if depth == 0 { words.append(String(decoding: text[start..<at], as: UTF8.self).lowercased()) }
            } else {
                if has(0, "(") { depth += 1 }
                if has(0, ")") { depth -= 1 }
                at += 1
            }
        }
        outer = words
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
            || (0x61...0x7a).contains(byte)
    }

    private static func endOfComment(_ text: [UInt8], from start: Int) -> Int {
        var depth = 0
        var at = start
        while at + 1 < text.count {
            if text[at] == UInt8(ascii: "/"), text[at + 1] == UInt8(ascii: "*") {
                depth += 1
                at += 2
            } else if text[at] == UInt8(ascii: "*"), text[at + 1] == UInt8(ascii: "/") {
                depth -= 1
                at += 2
                if depth == 0 { return at }
            } else {
                at += 1
            }
        }
        return text.count
    }

    /// A doubled quote closes and opens again at once, which comes to the same.
    private static func endOfQuote(_ text: [UInt8], from start: Int) -> Int {
        let quote = text[start]
        let hasEscapes = quote == UInt8(ascii: "'") && start > 0 && (text[start - 1] | 0x20) == UInt8(ascii: "e")
        var at = start + 1
        while at < text.count, text[at] != quote { at += hasEscapes && text[at] == UInt8(ascii: "\\") ? 2 : 1 }
        return at + 1
    }

    private static func endOfDollarQuote(_ text: [UInt8], from start: Int) -> Int {
        var at = start + 1
        while at < text.count, isWord(text[at]) { at += 1 }
        guard at < text.count, text[at] == UInt8(ascii: "$") else { return start + 1 }
        let tag = text[start...at]
        at += 1
        while at + tag.count <= text.count {
            if text[at..<(at + tag.count)].elementsEqual(tag) { return at + tag.count }
            at += 1
        }
        return text.count
    }
}
