import CLibXLSXWriter

/// The names of ranges in a workbook, as formulas use them: `Breaks_data`, `Breaks_money_effect_total_PKR`.
///
/// Excel takes letters, digits and underscores, a letter or underscore first, nothing that looks like a cell, and no two
/// alike in any case.
struct DefinedNames {
    private var taken: Set<String> = []
    /// More than anybody looks up; a workbook with a thousand currencies isn't refused for their names.
    private static let most = 2_000
    private static let longest = 200

    /// Names a range; what can't be named stays without.
    mutating func define(
        _ parts: [String], as reference: String, in workbook: UnsafeMutablePointer<lxw_workbook>
    ) throws {
        guard taken.count < DefinedNames.most else { return }
        let base = DefinedNames.clean(parts.joined(separator: "_"))
        var name = base
        var number = 2
        while taken.contains(name.lowercased()) {
            name = "\(base)_\(number)"
            number += 1
        }
        taken.insert(name.lowercased())
        try checkLibrary(workbook_define_name(workbook, name, "=" + reference), "name \(name)")
    }

    /// What Excel doesn't take in a name becomes an underscore. Ours have a word behind an underscore, and so never look
    /// like a cell.
    static func clean(_ text: String) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            let isTaken = scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
            if isTaken { name.unicodeScalars.append(scalar) } else if name.last != "_" { name += "_" }
        }
        if let first = name.unicodeScalars.first, !first.properties.isAlphabetic, first != "_" { name = "_" + name }
        return String(name.prefix(longest))
    }
}
