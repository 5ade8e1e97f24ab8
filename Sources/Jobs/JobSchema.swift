import Configuration
import Reporting

/// A JSON Schema of a job's file, made from the same declarations that read it.
package enum JobSchema {
    private typealias Node = SchemaNode

    /// The document, indented.
    package static var text: String {
        var properties: [String: Node] = [
            "job": Node.pattern("[a-z0-9][a-z0-9_-]{0,99}"), "about": Node.type("string"),
            "schedule": Node.type("string"),
            "window": Node.words(WindowRule.allCases.map(\.rawValue)), "parameters": parameters,
            "on_failure": Node.oneOrMore(Node.words(Reaction.allCases.map(\.rawValue))),
        ]
        properties["steps"] = .object(["type": .text("array"), "minItems": .number(1), "items": step])
        return Node.document(Node.closed(properties, required: ["job", "steps"]), title: "A job of Mainspring")
    }

    private static var step: Node {
        let kinds: [String: Node] = [
            "import": Node.words(["inbox"]), "reconcile": Node.words(["payments"]), "sql": Node.type("string"),
            "maintain": Node.words(Maintenance.allCases.map(\.rawValue)), "report": Node.oneOrMore(Node.type("string")),
            "extract": Node.oneOrMore(Node.type("string")),
        ]
        let options: [String: Node] = [
            "timeout": Node.type("integer"), "lock_timeout": Node.type("integer"), "retries": Node.type("integer"),
            "full": Node.type("boolean"),
            "work_memory": Node.pattern("[1-9][0-9]*(kB|MB|GB)"),
            "only_if": .object([
                "anyOf": .list([
                    Node.words(OnlyIf.words),
                    .object(Node.closed(["changed": Node.type("string")], required: ["changed"])),
                ])
            ]),
            "parameters": .object(["type": .text("object"), "additionalProperties": Node.scalar]),
        ]
        let one = Node.list(kinds.keys.sorted().map { .object(["required": .list([.text($0)])]) })
        return .object(Node.closed(kinds.merging(options) { $1 }, required: []).merging(["oneOf": one]) { $1 })
    }

    private static var parameters: Node {
        let parameter = Node.closed(
            [
                "type": Node.words(JobDefinition.parameterKinds.map(\.rawValue)), "default": Node.scalar,
                "about": Node.type("string"),
            ],
            required: ["type"])
        return .object(["type": .text("object"), "additionalProperties": .object(parameter)])
    }
}
