import Configuration
import Diagnostics

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
}
