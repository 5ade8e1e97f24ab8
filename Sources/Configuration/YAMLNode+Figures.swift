package import Diagnostics

/// Figures stay the text that the file has, so that no binary fraction comes between the file and the database.
extension YAMLNode {
    /// A day of the calendar, written `2026-06-30`.
    package func day() throws(Failure) -> String {
        let text = try string()
        guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/), let year = Int(match.1),
            let month = Int(match.2), let day = Int(match.3), year > 0, (1...12).contains(month),
            (1...Self.days(of: month, in: year)).contains(day)
        else {
            throw Failure(
                .configInvalid, "“\(text)” isn't a day of the calendar.", at: location,
                advice: "Write it as year, month and day: 2026-06-30.")
        }
        return text
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }

    /// An amount of at least zero in major units, exact, with two decimals at most.
    package func amount() throws(Failure) -> String { try decimal(whole: 12, decimals: 2, "an amount such as 30.00") }

    /// A share in percent, exact, from 0 to 100.
    package func percent() throws(Failure) -> String {
        let text = try decimal(whole: 3, decimals: 6, "a percentage such as 2.9")
        guard text.split(separator: ".").first.flatMap({ Int($0) }).map({ $0 < 100 }) == true || isHundred(text) else {
            throw Failure(.configInvalid, "“\(text)” is more than 100 percent.", at: location)
        }
        return text
    }

    private func isHundred(_ text: String) -> Bool {
        text.hasPrefix("100") && text.dropFirst(3).allSatisfy { ".0".contains($0) }
    }

    /// Digits with a point, so many before and after it at most.
    package func decimal(whole: Int, decimals: Int, _ wanted: String) throws(Failure) -> String {
        let text = try string()
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isDigits = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard isDigits, parts.count <= 2, parts[0].count <= whole, parts.count == 1 || parts[1].count <= decimals else {
            throw Failure(.configInvalid, "“\(text)” isn't \(wanted).", at: location)
        }
        return text
    }
}
