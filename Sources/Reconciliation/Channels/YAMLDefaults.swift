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

    /// A code of ISO 4217 whose amounts the shop keeps.
    func keptCurrency() throws(Failure) -> String {
        let code = try string()
        guard CurrencyCodes.kept.contains(code) else {
            throw Failure(.configInvalid, "“\(code)” isn't a currency that amounts are kept in.", at: location)
        }
        return code
    }
}
