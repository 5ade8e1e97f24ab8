package import Diagnostics
import Foundation
import Yams

/// A value of a YAML file that knows where it stands, and is read strictly: an unknown key, a wrong type or a missing key
/// is a `Failure` that names file, line and column, and the nearest key that would have been right.
///
/// Scalars are typed by what the reader asks for, never by YAML's own guesses: `no`, `1e3` and `2026-06-30` stay text
/// unless an `integer()` or `boolean()` is asked of them.
package struct YAMLNode: Sendable {
    private enum Content: Sendable {
        case scalar(String, quoted: Bool)
        case list([YAMLNode])
        case mapping(YAMLMapping)
    }

    private let content: Content
    /// Where the value stands.
    package let location: Location

    /// Reads a whole file, at most 4 MiB.
    /// - Throws: `config.unreadable`, `config.syntax`.
    package static func parse(file: String) throws(Failure) -> YAMLNode {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(
                .configUnreadable, "The file can't be read.", at: .file(file),
                advice: "Check that it exists and its rights.")
        }
        guard data.count <= 4 << 20, let text = String(data: data, encoding: .utf8) else {
            throw Failure(
                .configUnreadable, "The file isn't UTF-8 text of at most 4 MiB.", at: .file(file),
                advice: "Save it as UTF-8.")
        }
        return try parse(text: text, file: file)
    }

    /// Reads YAML out of a larger text, whose first line is line `lineOffset` + 1 of `file`.
    package static func parse(text: String, file: String, lineOffset: Int = 0) throws(Failure) -> YAMLNode {
        do {
            guard let node = try Yams.compose(yaml: text, Resolver.basic) else {
                throw Failure(.configSyntax, "The file is empty.", at: .file(file, line: 1 + lineOffset))
            }
            return try YAMLNode(node, file: file, lineOffset: lineOffset)
        } catch let error as YamlError {
            throw Self.failure(error, file: file, lineOffset: lineOffset)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(.configSyntax, "The YAML can't be read.", at: .file(file))
        }
    }

    private init(_ node: Node, file: String, lineOffset: Int) throws(Failure) {
        location = .file(file, line: node.mark.map { $0.line + lineOffset }, column: node.mark?.column)
        switch node {
        case .scalar(let scalar):
            content = .scalar(scalar.string, quoted: scalar.style != .any && scalar.style != .plain)
        case .sequence(let sequence):
            var nodes: [YAMLNode] = []
            for node in sequence { nodes.append(try YAMLNode(node, file: file, lineOffset: lineOffset)) }
            content = .list(nodes)
        case .mapping(let mapping):
            var entries: [YAMLMapping.Entry] = []
            for (key, value) in mapping {
                let name = try YAMLNode(key, file: file, lineOffset: lineOffset)
                let value = try YAMLNode(value, file: file, lineOffset: lineOffset)
                entries.append(.init(key: try name.string(), keyLocation: name.location, value: value))
            }
            content = .mapping(YAMLMapping(entries: entries, location: location))
        case .alias:
            throw Failure(.configSyntax, "Aliases aren't read here.", at: location, advice: "Write the value out.")
        }
    }

    /// Whether it is there, but says nothing: empty, `~` or `null`, unquoted.
    package var isNull: Bool {
        guard case .scalar(let text, quoted: false) = content else { return false }
        return ["", "~", "null"].contains(text)
    }

    /// Whether the value is a mapping; for files in which a value may be either text or a mapping.
    package var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    /// Whether the value is a list.
    package var isList: Bool {
        if case .list = content { true } else { false }
    }

    /// The value as text, as written.
    package func string() throws(Failure) -> String {
        guard case .scalar(let text, _) = content, !isNull else { throw wrongType("text") }
        return text
    }

    /// The value as a whole number.
    package func integer() throws(Failure) -> Int {
        guard case .scalar(let text, _) = content, let value = Int(text) else { throw wrongType("a whole number") }
        return value
    }

    /// `true` or `false`, and no other spelling.
    package func boolean() throws(Failure) -> Bool {
        guard case .scalar(let text, _) = content else { throw wrongType("true or false") }
        switch text {
        case "true": return true
        case "false": return false
        default: throw wrongType("true or false")
        }
    }

    /// One of the names that `allowed` lists.
    package func name(among allowed: [String]) throws(Failure) -> String {
        let value = try string()
        guard allowed.contains(value) else {
            throw Failure(
                .configInvalid, "“\(value)” isn't one of \(allowed.joined(separator: ", ")).", at: location,
                advice: NearestName.advice(for: value, among: allowed))
        }
        return value
    }

    /// The values of a list, in the order of the file.
    package func list() throws(Failure) -> [YAMLNode] {
        guard case .list(let nodes) = content else { throw wrongType("a list") }
        return nodes
    }

    /// A list, or a single value as a list of one.
    package func oneOrMore() throws(Failure) -> [YAMLNode] { isList ? try list() : [self] }

    /// The value as a mapping that may hold the `allowed` keys and no others.
    package func mapping(allowed: [String]) throws(Failure) -> YAMLMapping {
        let mapping = try anyMapping()
        for entry in mapping.entries where !allowed.contains(entry.key) {
            throw Failure(
                .configUnknownKey, "“\(entry.key)” isn't a key here; the keys are \(allowed.joined(separator: ", ")).",
                at: entry.keyLocation, advice: NearestName.advice(for: entry.key, among: allowed))
        }
        return mapping
    }

    /// The value as a mapping whose keys are names of the writer's own.
    package func anyMapping() throws(Failure) -> YAMLMapping {
        guard case .mapping(let mapping) = content else { throw wrongType("a mapping of keys to values") }
        return mapping
    }

    private func wrongType(_ wanted: String) -> Failure {
        Failure(.configWrongType, "\(wanted.prefix(1).uppercased() + wanted.dropFirst()) is wanted here.", at: location)
    }

    private static func failure(_ error: YamlError, file: String, lineOffset: Int) -> Failure {
        func at(_ mark: Mark) -> Location { .file(file, line: mark.line + lineOffset, column: mark.column) }
        let advice = "Mend the YAML there."
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return Failure(.configSyntax, "This isn't YAML: \(problem).", at: at(mark), advice: advice)
        case .duplicatedKeysInMapping(let keys, let context):
            return Failure(
                .configSyntax, "The key “\(keys.joined(separator: "”, “"))” stands twice.", at: at(context.mark),
                advice: "Keep one of them.")
        default:
            return Failure(.configSyntax, "This isn't YAML.", at: .file(file), advice: advice)
        }
    }
}

/// The keys and values of a YAML mapping, in the order of the file.
package struct YAMLMapping: Sendable {
    struct Entry: Sendable {
        let key: String
        let keyLocation: Location
        let value: YAMLNode
    }

    let entries: [Entry]
    /// Where the mapping begins.
    package let location: Location

    /// The keys, in the order of the file.
    package var keys: [String] { entries.map(\.key) }

    /// The value of a key that must be there.
    /// - Throws: `config.missing_key`.
    package func required(_ key: String) throws(Failure) -> YAMLNode {
        guard let node = optional(key) else {
            throw Failure(
                .configMissingKey, "The key “\(key)” is missing here.", at: location, advice: "Add `\(key):`.")
        }
        return node
    }

    /// The value of a key, if it is there and says something.
    package func optional(_ key: String) -> YAMLNode? {
        guard let node = entries.first(where: { $0.key == key })?.value, !node.isNull else { return nil }
        return node
    }
}
