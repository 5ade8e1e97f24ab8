/// The names that Excel takes for sheets: 1 to 31 characters, none of `[ ] : * ? / \`, no apostrophe at an end, no two
/// alike in any case.
enum SheetName {
    static let longest = 31

    /// The name with what Excel refuses in it replaced, shortened to leave room for `suffix`, which is kept whole.
    static func clean(_ name: String, suffix: String = "") -> String {
        var result = String(
            name.unicodeScalars.map { scalar -> Character in
                "[]:*?/\\".unicodeScalars.contains(scalar) || scalar.value < 0x20 ? " " : Character(scalar)
            })
        result = String(trimmed(result[...]))
        while result.utf16.count + suffix.utf16.count > longest { result.removeLast() }
        result = String(trimmed(result[...]))
        // Excel keeps this name for itself.
        if result.lowercased() == "history" { result += "_" }
        return (result.isEmpty ? "Sheet" : result) + suffix
    }

    /// The same, with the smallest number behind it that makes it unlike every name in `taken` (in lower case).
    static func unique(_ name: String, among taken: Set<String>) -> String {
        var result = clean(name)
        var number = 2
        while taken.contains(result.lowercased()) {
            result = clean(name, suffix: " (\(number))")
            number += 1
        }
        return result
    }

    /// As formulas and links write it: in apostrophes, those inside it doubled.
    static func quoted(_ name: String) -> String {
        "'" + name.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "'" { text.removeFirst() }
        while let last = text.last, last == " " || last == "'" { text.removeLast() }
        return text
    }
}
