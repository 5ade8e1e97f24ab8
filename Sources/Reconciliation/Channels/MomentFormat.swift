import Configuration
import Diagnostics

/// How a moment is written, compiled to a pattern that only real moments match and to a cast that then cannot fail.
///
/// A template of `yyyy` (or `yy`, of this century), `MM`, `dd`, `HH`, `mm`, `ss` and plain characters, each of fixed
/// width, or `epoch_seconds`, `epoch_milliseconds`. The pattern knows the length of months and leap years: 30 February matches nothing.
struct MomentFormat: Sendable, Equatable {
    /// In which zone a template's moment is.
    enum Zone: String, Sendable, CaseIterable {
        case utc = "UTC"
        case business
    }

    private enum Piece: Equatable {
        case field(String)
        case plain(Character)
    }

    let text: String
    let zone: Zone

    private static let epochs = ["epoch_seconds", "epoch_milliseconds"]
    private static let fields = ["yyyy", "yy", "MM", "dd", "HH", "mm", "ss"]

    /// Reads `format` and `zone` of a field.
    init(format: YAMLNode, zone: YAMLNode?) throws(Failure) {
        text = try format.string()
        self.zone =
            try zone.map { (node) throws(Failure) in
                Zone(rawValue: try node.name(among: Zone.allCases.map(\.rawValue))) ?? .utc
            } ?? .utc
        guard !Self.epochs.contains(text) else { return }
        let pieces = Self.pieces(text)
        for field in Self.fields where field != "yy" {
            let count = pieces.count { $0 == .field(field) || (field == "yyyy" && $0 == .field("yy")) }
            guard count == 1 || (count == 0 && ["HH", "mm", "ss"].contains(field)) else {
                throw Failure(
                    .configInvalid, "The format “\(text)” needs \(field) once.", at: format.location,
                    advice: "Write it like yyyy-MM-dd HH:mm:ss, dd-MM-yyyy or epoch_seconds.")
            }
        }
        guard !pieces.contains(where: { if case .plain(let c) = $0 { !Self.isPlain(c) } else { false } }) else {
            throw Failure(
                .configInvalid, "The format “\(text)” has letters that stand for nothing.", at: format.location,
                advice: "Use yyyy, MM, dd, HH, mm, ss and signs between them.")
        }
    }

    private static func isPlain(_ character: Character) -> Bool {
        character == "T" || character == "Z" || (character.isASCII && !character.isLetter && !character.isNumber)
    }

    private static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let first = rest.first {
            if let field = fields.first(where: { rest.hasPrefix($0) }) {
                pieces.append(.field(field))
                rest = rest.dropFirst(field.count)
            } else {
                pieces.append(.plain(first))
                rest = rest.dropFirst()
            }
        }
        return pieces
    }

    /// Whether `value`, an SQL expression of type text, is written so; false for everything else, never an error.
    func matches(_ value: String) -> String {
        switch text {
        case "epoch_seconds": "\(value) ~ '^[0-9]{1,10}$'"
        case "epoch_milliseconds": "\(value) ~ '^[0-9]{1,13}$'"
        default: "(\(value) ~ \(SQLLiteral.text(common)) OR \(value) ~ \(SQLLiteral.text(pattern)))"
        }
    }

    /// The moment as timestamptz; only for a value that `matches`. `businessZone` is an SQL expression of type text.
    func moment(_ value: String, businessZone: String) -> String {
        switch text {
        case "epoch_seconds": return "to_timestamp(\(value)::double precision)"
        case "epoch_milliseconds": return "to_timestamp(\(value)::double precision / 1000)"
        default: break
        }
        let zone = zone == .utc ? "'UTC'" : businessZone
        if text == "yyyy-MM-dd HH:mm:ss" || text == "yyyy-MM-dd" { return "(\(value)::timestamp AT TIME ZONE \(zone))" }
        func part(_ field: String) -> String {
            guard let range = text.firstRange(of: field) else { return "0" }
            let start = text.distance(from: text.startIndex, to: range.lowerBound) + 1
            return "substr(\(value), \(start), \(field.count))::integer"
        }
        let year = text.contains("yyyy") ? part("yyyy") : "2000 + \(part("yy"))"
        let arguments = [year] + ["MM", "dd", "HH", "mm", "ss"].map(part)
        return "(make_timestamp(\(arguments.joined(separator: ", "))) AT TIME ZONE \(zone))"
    }

    private static let time = ["HH": "(?:[01][0-9]|2[0-3])", "mm": "[0-5][0-9]", "ss": "[0-5][0-9]"]

    /// What every month of every year has: most moments, in half the time that the length of months takes.
    private var common: String {
        let date = [
            "yyyy": "20[0-9][0-9]", "yy": "[0-9][0-9]", "MM": "(?:0[1-9]|1[0-2])",
            "dd": "(?:0[1-9]|1[0-9]|2[0-8])",
        ]
        return "^\(written(Self.pieces(text)[...], date))$"
    }

    private func written(_ pieces: some Sequence<Piece>, _ date: [String: String]) -> String {
        pieces.map { piece in
            switch piece {
            case .field(let name): date[name] ?? Self.time[name] ?? ""
            case .plain(let character): character.isLetter ? String(character) : "[\(escaped(character))]"
            }
        }.joined()
    }

    private var pattern: String {
        // Of the years 1970 to 2099 every fourth is a leap year, 2000 too.
        let year = "(?:19[7-9][0-9]|20[0-9][0-9])"
        let leap = "(?:19(?:72|76|80|84|88|92|96)|20(?:[02468][048]|[13579][26]))"
        let short = "[0-9][0-9]"
        let shortLeap = "(?:[02468][048]|[13579][26])"
        let alternatives = [
            ["yyyy": year, "yy": short, "MM": "(?:0[13578]|1[02])", "dd": "(?:0[1-9]|[12][0-9]|3[01])"],
            ["yyyy": year, "yy": short, "MM": "(?:0[469]|11)", "dd": "(?:0[1-9]|[12][0-9]|30)"],
            ["yyyy": year, "yy": short, "MM": "02", "dd": "(?:0[1-9]|1[0-9]|2[0-8])"],
            ["yyyy": leap, "yy": shortLeap, "MM": "02", "dd": "29"],
        ]
        // What stands before and behind the date is the same for every month: once, it is read in less time.
        let pieces = Self.pieces(text)
        let isDate = { (piece: Piece) in alternatives[0].keys.contains { piece == .field($0) } }
        let first = pieces.firstIndex(where: isDate) ?? 0
        let last = pieces.lastIndex(where: isDate) ?? first
        let dates = alternatives.map { written(pieces[first...last], $0) }.joined(separator: "|")
        return "^\(written(pieces[..<first], [:]))(?:\(dates))\(written(pieces[(last + 1)...], [:]))$"
    }

    private func escaped(_ character: Character) -> String {
        ["]", "[", "\\", "^", "-"].contains(character) ? "\\\(character)" : String(character)
    }
}
