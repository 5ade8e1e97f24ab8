package import Diagnostics
package import Postgres

/// The SELECT of a report.
package struct ReportQuery: Sendable {
    package let template: SQLTemplate
    /// The line of the file on which it begins.
    package let line: Int

    /// Takes the text after the header, which begins on `line` of `file`.
    init(_ text: String, file: String, line: Int) throws(Failure) {
        let lead = text.prefix { $0.isWhitespace }
        self.line = line + lead.count(where: \.isNewline)
        var body = text[lead.endIndex...]
        while let last = body.last, last.isWhitespace { body.removeLast() }
        let masked = SQLMask.mask(String(body))
        let outline = SQLOutline(masked)
        func invalid(_ message: String, _ advice: String) -> Failure {
            Failure(.reportInvalid, message, at: .file(file, line: self.line), advice: advice)
        }
        guard let first = outline.firstWord, ["select", "with"].contains(first) else {
            throw invalid("After the header stands no SELECT.", "Write one SELECT, or WITH … SELECT.")
        }
        guard outline.statements == 1 else {
            throw invalid("After the header stands more than one statement.", "Keep one SELECT in the file.")
        }
        guard outline.hasOrder else {
            throw invalid(
                "The SELECT has no ORDER BY of its own, so that its rows would come in any order.",
                "End it with an ORDER BY over a full key.")
        }
        let query = String(body.prefix(outline.length))
        template = try SQLTemplate(query, source: file)
    }
}

/// SQL with everything that is not code made blank, character by character: comments, quoted text, quoted names.
enum SQLMask {
    static func mask(_ sql: String) -> [Character] {
        var out = Array(sql)
        var i = 0
        func blank(_ range: Range<Int>) {
            for k in range where !out[k].isNewline { out[k] = " " }
        }
        func at(_ k: Int) -> Character? { k < out.count ? out[k] : nil }
        while i < out.count {
            let start = i
            switch (out[i], at(i + 1)) {
            case ("-", "-"):
                while let c = at(i), !c.isNewline { _ = c; i += 1 }
                blank(start..<i)
            case ("/", "*"):
                i = endOfComment(out, from: i)
                blank(start..<i)
            case ("'", _), ("\"", _):
                i = endOfQuote(out, from: i)
                blank(start..<i)
            case ("$", _):
                i = endOfDollarQuote(out, from: i)
                if i > start + 1 { blank(start..<i) }
            default:
                i += 1
            }
        }
        return out
    }

    private static func endOfComment(_ sql: [Character], from start: Int) -> Int {
        var depth = 0
        var i = start
        while i < sql.count {
            if i + 1 < sql.count, sql[i] == "/", sql[i + 1] == "*" {
                depth += 1
                i += 2
            } else if i + 1 < sql.count, sql[i] == "*", sql[i + 1] == "/" {
                depth -= 1
                i += 2
                if depth == 0 { return i }
            } else {
                i += 1
            }
        }
        return sql.count
    }

    private static func endOfQuote(_ sql: [Character], from start: Int) -> Int {
        let quote = sql[start]
        // A doubled quote closes and opens again at once: the loop of the caller goes on with it.
        let isEscape = quote == "'" && start > 0 && (sql[start - 1] == "e" || sql[start - 1] == "E")
        var i = start + 1
        while i < sql.count, sql[i] != quote { i += isEscape && sql[i] == "\\" ? 2 : 1 }
        return min(i + 1, sql.count)
    }

    private static func endOfDollarQuote(_ sql: [Character], from start: Int) -> Int {
        var i = start + 1
        while i < sql.count, sql[i].isLetter || sql[i].isNumber || sql[i] == "_" { i += 1 }
        guard i < sql.count, sql[i] == "$", !(sql[start + 1].isNumber) else { return start + 1 }
        let tag = sql[start...i]
        i += 1
        while i + tag.count <= sql.count {
            if sql[i] == "$", sql[i..<(i + tag.count)] == tag { return i + tag.count }
            i += 1
        }
        return sql.count
    }
}

/// What a masked statement is made of, as far as a report's rules ask.
struct SQLOutline {
    var firstWord: String?
    /// How many statements there are.
    var statements = 0
    /// Whether an ORDER BY stands outside all parentheses.
    var hasOrder = false
    /// How many characters the first statement has, without its semicolon.
    var length = 0

    init(_ masked: [Character]) {
        var depth = 0
        var word = ""
        var before = ""
        var isInStatement = false
        func close(_ outline: inout SQLOutline) {
            guard !word.isEmpty else { return }
            if outline.firstWord == nil { outline.firstWord = word }
            if depth == 0 {
                if before == "order", word == "by" { outline.hasOrder = true }
                before = word
            }
            word = ""
        }
        for (index, character) in masked.enumerated() {
            if character.isLetter || character.isNumber || character == "_" {
                word += character.lowercased()
            } else {
                close(&self)
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
            }
            if character == ";" {
                if statements == 1, isInStatement { length = index }
                isInStatement = false
            } else if !character.isWhitespace, !isInStatement {
                isInStatement = true
                statements += 1
            }
        }
        if isInStatement { length = masked.count }
        close(&self)
    }
}
