import Diagnostics

/// A piece of a template: SQL as it stands, or the place of a parameter.
enum TemplatePiece: Equatable {
    case sql(String)
    case parameter(String)
}

/// Finds psql's variables in SQL, by the rules of psql's own lexer: never inside string constants, quoted names,
/// dollar quotes or comments; `::` is a cast, `:=` an assignment, and a colon after an operand inside brackets is an
/// array slice.
struct SQLLexer {
    private let bytes: [UInt8]
    private let source: String
    private var line: Int
    private var position = 0
    /// Start of the SQL that no piece holds yet.
    private var pending = 0
    private(set) var pieces: [TemplatePiece] = []
    /// Where the last statement ends: before a closing `;` and whatever follows it that is no SQL.
    private var codeEnd = 0
    private var statements = 0
    private var inStatement = false
    private var brackets = 0
    /// The last significant thing was an operand: a name, a number, a constant, a closing bracket.
    private var afterOperand = false

    private init(_ text: String, source: String, line: Int) {
        bytes = Array(text.utf8)
        self.source = source
        self.line = line
    }

    struct Result {
        let pieces: [TemplatePiece]
        /// How many statements `;` separates.
        let statements: Int
    }

    /// - Parameter line: the line of the file on which `text` begins.
    static func lex(_ text: String, source: String, line: Int) throws(Failure) -> Result {
        var lexer = SQLLexer(text, source: source, line: line)
        try lexer.run()
        return Result(pieces: lexer.pieces, statements: lexer.statements)
    }

    // MARK: The loop

    private mutating func run() throws(Failure) {
        while let byte = peek() {
            switch byte {
            case Ascii.quote: try skipString(escapes: false)
            case Ascii.doubleQuote: try skipDelimited(Ascii.doubleQuote, "quoted name")
            case Ascii.dollar: try skipDollar()
            case Ascii.minus where peek(1) == Ascii.minus: skipLineComment()
            case Ascii.slash where peek(1) == Ascii.star: try skipBlockComment()
            case Ascii.colon: try lexColon()
            case Ascii.backslash: throw failure(.parameterInvalid, "psql's backslash commands cannot be used here")
            case Ascii.semicolon:
                advance()
                inStatement = false
                afterOperand = false
            case _ where Ascii.isBlank(byte): advance()
            case _ where Ascii.startsName(byte): try skipName()
            case _ where Ascii.isDigit(byte): skipNumber()
            default: skipSign(byte)
            }
        }
        // A closing `;` and comments after it are no part of the statement: it may be put into COPY ( … ).
        flush(upTo: codeEnd)
    }

    private mutating func lexColon() throws(Failure) {
        let next = peek(1)
        switch next {
        case Ascii.colon:
            significant(operand: false)
            advance(2)
            codeEnd = position
        case Ascii.equals:
            significant(operand: false)
            advance(2)
            codeEnd = position
        case Ascii.quote: try parameter(quoted: true)
        case Ascii.doubleQuote:
            throw failure(
                .parameterInvalid, "a parameter cannot be a name of the SQL (:\"…\"): parameters are values")
        case UInt8(ascii: "{"):
            throw failure(.parameterInvalid, "psql's :{?name} cannot be used here")
        case let next? where Ascii.startsName(next) && !(brackets > 0 && afterOperand):
            try parameter(quoted: false)
        default: skipSign(Ascii.colon)
        }
    }

    private mutating func parameter(quoted: Bool) throws(Failure) {
        let start = position + (quoted ? 2 : 1)
        var end = start
        while end < bytes.count, Ascii.continuesName(bytes[end]), bytes[end] != Ascii.dollar { end += 1 }
        guard end > start, !quoted || (end < bytes.count && bytes[end] == Ascii.quote) else {
            throw failure(.parameterInvalid, "a parameter is written :'name', with letters, digits and _ in its name")
        }
        significant(operand: true)
        flush(upTo: position)
        pieces.append(.parameter(String(decoding: bytes[start..<end], as: UTF8.self)))
        position = quoted ? end + 1 : end
        pending = position
        codeEnd = position
    }

    // MARK: What is passed over

    private mutating func skipString(escapes: Bool) throws(Failure) {
        let opening = line
        significant(operand: true)
        advance()
        while let byte = peek() {
            if escapes, byte == Ascii.backslash {
                advance(2)
            } else if byte == Ascii.quote {
                advance()
                guard peek() == Ascii.quote else {
                    codeEnd = position
                    return
                }
                advance()
            } else {
                advance()
            }
        }
        throw failure(.parameterInvalid, "a string constant is not closed", line: opening)
    }

    private mutating func skipDelimited(_ quote: UInt8, _ what: String) throws(Failure) {
        let opening = line
        significant(operand: true)
        advance()
        while let byte = peek() {
            advance()
            if byte == quote {
                guard peek() == quote else {
                    codeEnd = position
                    return
                }
                advance()
            }
        }
        throw failure(.parameterInvalid, "a \(what) is not closed", line: opening)
    }

    /// `$tag$ … $tag$`, or a `$1`, which a template refuses: it has names.
    private mutating func skipDollar() throws(Failure) {
        let opening = line
        if let next = peek(1), Ascii.isDigit(next) {
            throw failure(.parameterInvalid, "$1 cannot be used here: write the parameter by name, as :'name'")
        }
        var end = position + 1
        if end < bytes.count, Ascii.startsName(bytes[end]) {
            while end < bytes.count, Ascii.continuesName(bytes[end]), bytes[end] != Ascii.dollar { end += 1 }
        }
        guard end < bytes.count, bytes[end] == Ascii.dollar else { return skipSign(Ascii.dollar) }
        let tag = bytes[position...end]
        significant(operand: true)
        advance(tag.count)
        while position + tag.count <= bytes.count {
            if bytes[position] == Ascii.dollar, bytes[position..<(position + tag.count)].elementsEqual(tag) {
                advance(tag.count)
                codeEnd = position
                return
            }
            advance()
        }
        throw failure(.parameterInvalid, "a dollar-quoted string is not closed", line: opening)
    }

    private mutating func skipLineComment() {
        while let byte = peek(), byte != Ascii.newline { _ = byte; advance() }
    }

    /// Comments nest, as the SQL standard has it.
    private mutating func skipBlockComment() throws(Failure) {
        let opening = line
        var depth = 0
        while peek() != nil {
            if peek() == Ascii.slash, peek(1) == Ascii.star {
                depth += 1
                advance(2)
            } else if peek() == Ascii.star, peek(1) == Ascii.slash {
                depth -= 1
                advance(2)
                if depth == 0 { return }
            } else {
                advance()
            }
        }
        throw failure(.parameterInvalid, "a comment is not closed", line: opening)
    }

    /// A name or keyword; `E'…'` is a string with backslash escapes.
    private mutating func skipName() throws(Failure) {
        let first = bytes[position]
        if first == UInt8(ascii: "e") || first == UInt8(ascii: "E"), peek(1) == Ascii.quote {
            significant(operand: true)
            advance()
            return try skipString(escapes: true)
        }
        significant(operand: true)
        let start = position
        while let byte = peek(), Ascii.continuesName(byte) { _ = byte; advance() }
        // `ARRAY[:a, :b]`: what follows the keyword is a list, not a subscript.
        afterOperand = !String(decoding: bytes[start..<position], as: UTF8.self).lowercased().elementsEqual("array")
        codeEnd = position
    }

    private mutating func skipNumber() {
        significant(operand: true)
        while let byte = peek(), Ascii.continuesName(byte) || byte == UInt8(ascii: ".") { _ = byte; advance() }
        codeEnd = position
    }

    private mutating func skipSign(_ byte: UInt8) {
        significant(operand: byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]"))
        if byte == UInt8(ascii: "[") { brackets += 1 }
        if byte == UInt8(ascii: "]"), brackets > 0 { brackets -= 1 }
        advance()
        codeEnd = position
    }

    // MARK: Bookkeeping

    private mutating func significant(operand: Bool) {
        if !inStatement { statements += 1 }
        inStatement = true
        afterOperand = operand
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] == Ascii.newline { line += 1 }
            position += 1
        }
    }

    private mutating func flush(upTo end: Int) {
        guard end > pending else { return }
        pieces.append(.sql(String(decoding: bytes[pending..<end], as: UTF8.self)))
        pending = end
    }

    private func failure(_ code: ErrorCode, _ message: String, line: Int? = nil) -> Failure {
        Failure(code, message + ".", at: .file(source, line: line ?? self.line))
    }
}

private enum Ascii {
    static let quote = UInt8(ascii: "'")
    static let doubleQuote = UInt8(ascii: "\"")
    static let dollar = UInt8(ascii: "$")
    static let minus = UInt8(ascii: "-")
    static let slash = UInt8(ascii: "/")
    static let star = UInt8(ascii: "*")
    static let colon = UInt8(ascii: ":")
    static let equals = UInt8(ascii: "=")
    static let semicolon = UInt8(ascii: ";")
    static let backslash = UInt8(ascii: "\\")
    static let newline = UInt8(ascii: "\n")

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    static func startsName(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f || byte >= 0x80
    }
    static func continuesName(_ byte: UInt8) -> Bool { startsName(byte) || isDigit(byte) || byte == dollar }
}
