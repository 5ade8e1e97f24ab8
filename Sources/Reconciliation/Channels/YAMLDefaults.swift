import Configuration
import Diagnostics
import Money

extension YAMLMapping {
    /// A flag that the file may leave out.
    func boolean(_ key: String, otherwise value: Bool) throws(Failure) -> Bool {
        guard let node = optional(key) else { return value }
        return try node.boolean()
    }

    /// A name of a list that the file may leave out.
    func name(_ key: String, among names: [String], otherwise value: String) throws(Failure) -> String {
        guard let node = optional(key) else { return value }
        return try node.name(among: names)
    }

    /// `KEY: {business_days: N}`, which the file may leave out.
    func businessDays(_ key: String) throws(Failure) -> Int? {
        guard let node = optional(key) else { return nil }
        let days = try node.mapping(allowed: ["business_days"]).required("business_days")
        guard case let count = try days.integer(), (0...250).contains(count) else {
            throw Failure(
                .configInvalid, "It takes 0 to 250 business days.", at: days.location,
                advice: "Leave the key out where nothing is awaited.")
        }
        return count
    }
}

extension YAMLNode {
    /// A day of the calendar, written `2026-06-30`.
    func date() throws(Failure) -> BusinessDate {
        let text = try string()
        do { return try BusinessDate(text) } catch {
            throw Failure(.configInvalid, error.message, at: location, advice: error.advice)
        }
    }

    /// An amount of at least zero in major units, exact, with two decimals at most.
    func amount() throws(Failure) -> String { try decimal(whole: 12, decimals: 2, "an amount such as 30.00") }

    /// A share in percent, exact, from 0 to 100.
    func percent() throws(Failure) -> String {
        let text = try decimal(whole: 3, decimals: 6, "a percentage such as 2.9")
        guard text.split(separator: ".").first.flatMap({ Int($0) }).map({ $0 < 100 }) == true || isHundred(text) else {
            throw Failure(.configInvalid, "“\(text)” is more than 100 percent.", at: location)
        }
        return text
    }

    private func isHundred(_ text: String) -> Bool {
        text.hasPrefix("100") && text.dropFirst(3).allSatisfy { ".0".contains($0) }
    }

    /// An exchange rate above zero.
    func rate() throws(Failure) -> String {
        let text = try decimal(whole: 10, decimals: 10, "a rate such as 279.50")
        guard text.contains(where: { $0 != "0" && $0 != "." }) else {
            throw Failure(.configInvalid, "A rate is above zero.", at: location)
        }
        return text
    }

    /// Digits with a point as the file writes them, so that no binary fraction comes between the file and the database.
    private func decimal(whole: Int, decimals: Int, _ wanted: String) throws(Failure) -> String {
        let text = try string()
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isDigits = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard isDigits, parts.count <= 2, parts[0].count <= whole, parts.count == 1 || parts[1].count <= decimals else {
            throw Failure(.configInvalid, "“\(text)” isn't \(wanted).", at: location)
        }
        return text
    }

    /// A code of ISO 4217 whose amounts the shop keeps.
    func keptCurrency() throws(Failure) -> String {
        let code = try string()
        guard CurrencyCodes.kept.contains(code) else {
            throw Failure(.configInvalid, "“\(code)” isn't a currency that amounts are kept in.", at: location)
        }
        return code
    }
}
