import Reporting

/// A JSON Schema of a job's file, made from the same declarations that read it.
package enum JobSchema {
    /// A part of the schema.
    private indirect enum Node: Encodable {
        case text(String)
        case number(Int)
        case flag(Bool)
        case list([Node])
        case object([String: Node])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .flag(let value): try container.encode(value)
            case .list(let values): try container.encode(values)
            case .object(let values): try container.encode(values)
            }
        }
    }

    /// The document, indented.
    package static var text: String {
        var properties: [String: Node] = [
            "job": pattern("[a-z0-9][a-z0-9_-]{0,99}"), "about": type("string"), "schedule": type("string"),
            "window": words(WindowRule.allCases.map(\.rawValue)), "parameters": parameters,
            "on_failure": oneOrMore(words(Reaction.allCases.map(\.rawValue))),
        ]
        properties["steps"] = .object(["type": .text("array"), "minItems": .number(1), "items": step])
        let schema = closed(properties, required: ["job", "steps"]).merging([
            "$schema": .text("https://json-schema.org/draft/2020-12/schema"),
            "title": .text("A job of Mainspring"),
        ]) { $1 }
        return (try? JSON.text(Node.object(schema), pretty: true)) ?? ""
    }

    private static var step: Node {
        let scalar = Node.object(["type": .list(["string", "number", "boolean"].map { .text($0) })])
        let kinds: [String: Node] = [
            "import": words(["inbox"]), "reconcile": words(["payments"]), "sql": type("string"),
            "maintain": words(Maintenance.allCases.map(\.rawValue)), "report": oneOrMore(type("string")),
            "extract": oneOrMore(type("string")),
        ]
        let options: [String: Node] = [
            "timeout": type("integer"), "lock_timeout": type("integer"), "retries": type("integer"),
            "full": type("boolean"),
            "work_memory": pattern("[1-9][0-9]*(kB|MB|GB)"),
            "only_if": .object([
                "anyOf": .list([
                    words(OnlyIf.words), .object(closed(["changed": type("string")], required: ["changed"])),
                ])
            ]),
            "parameters": .object(["type": .text("object"), "additionalProperties": scalar]),
        ]
        let one = Node.list(kinds.keys.sorted().map { .object(["required": .list([.text($0)])]) })
        return .object(closed(kinds.merging(options) { $1 }, required: []).merging(["oneOf": one]) { $1 })
    }

    private static var parameters: Node {
        let scalar = Node.object(["type": .list(["string", "number", "boolean"].map { .text($0) })])
        let parameter = closed(
            ["type": words(JobDefinition.parameterKinds.map(\.rawValue)), "default": scalar, "about": type("string")],
            required: ["type"])
        return .object(["type": .text("object"), "additionalProperties": .object(parameter)])
    }

    private static func type(_ name: String) -> Node { .object(["type": .text(name)]) }
    private static func words(_ words: [String]) -> Node { .object(["enum": .list(words.map { .text($0) })]) }
    private static func pattern(_ pattern: String) -> Node {
        .object(["type": .text("string"), "pattern": .text("^\(pattern)$")])
    }
    private static func oneOrMore(_ node: Node) -> Node {
        .object([
            "anyOf": .list([
                node,
                .object(["type": .text("array"), "minItems": .number(1), "uniqueItems": .flag(true), "items": node]),
            ])
        ])
    }
    private static func closed(_ properties: [String: Node], required: [String]) -> [String: Node] {
        [
            "type": .text("object"), "additionalProperties": .flag(false), "properties": .object(properties),
            "required": .list(required.map { .text($0) }),
        ]
    }
}
