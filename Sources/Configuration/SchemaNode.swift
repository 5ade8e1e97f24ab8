import Foundation

/// A part of a JSON Schema (draft 2020-12), of the words that our files need: for editors, made from the declarations
/// that read the files.
package indirect enum SchemaNode: Encodable, Sendable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([SchemaNode])
    case object([String: SchemaNode])

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }

    /// `string`, `integer`, `boolean`, `object`.
    package static func type(_ name: String) -> SchemaNode { .object(["type": .text(name)]) }

    /// One of these words.
    package static func words(_ words: [String]) -> SchemaNode { .object(["enum": .list(words.map { .text($0) })]) }

    /// A text that is all of the pattern.
    package static func pattern(_ pattern: String) -> SchemaNode {
        .object(["type": .text("string"), "pattern": .text("^\(pattern)$")])
    }

    /// One, or a list of them.
    package static func oneOrMore(_ node: SchemaNode) -> SchemaNode {
        .object(["anyOf": .list([node, list(of: node)])])
    }

    /// A list of at least one, none of them twice.
    package static func list(of node: SchemaNode) -> SchemaNode {
        .object(["type": .text("array"), "minItems": .number(1), "uniqueItems": .flag(true), "items": node])
    }

    /// A mapping from names of the writer's own.
    package static func named(_ node: SchemaNode) -> SchemaNode {
        .object(["type": .text("object"), "additionalProperties": node])
    }

    /// A mapping that has these keys and no other.
    package static func closed(_ properties: [String: SchemaNode], required: [String]) -> [String: SchemaNode] {
        [
            "type": .text("object"), "additionalProperties": .flag(false), "properties": .object(properties),
            "required": .list(required.map { .text($0) }),
        ]
    }

    /// Any of YAML's plain values.
    package static let scalar = SchemaNode.object(["type": .list(["string", "number", "boolean"].map { .text($0) })])

    /// A whole document, indented: its properties, and what it is of.
    package static func document(_ properties: [String: SchemaNode], title: String) -> String {
        let schema = properties.merging([
            "$schema": .text("https://json-schema.org/draft/2020-12/schema"), "title": .text(title),
        ]) { $1 }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return (try? encoder.encode(SchemaNode.object(schema))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
