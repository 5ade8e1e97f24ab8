import Foundation
import Schema
import Testing

@Suite("docs/semantics.md draws the state machines as they are")
struct StateDiagramTests {
    /// `MAINSPRING_RECORD=1 swift test --filter StateDiagramTests` writes the diagrams anew.
    @Test("each diagram is the one that the data draws")
    func diagrams() throws {
        let path = "docs/semantics.md"
        var page = try Page(path)
        for machine in StateMachine.all {
            let heading = "\(machine.name.prefix(1).uppercased())\(machine.name.dropFirst())"
            if ProcessInfo.processInfo.environment["MAINSPRING_RECORD"] != nil {
                let old = try page.section(heading)
                let diagram = try #require(old.firstMatch(of: /```mermaid\n[\s\S]*?```/)).range
                let new = old.replacingCharacters(in: diagram, with: "```mermaid\n\(machine.mermaid)```")
                try page.text.replacing(old, with: new)
                    .write(toFile: "\(Page.root)/\(path)", atomically: true, encoding: .utf8)
                page = try Page(path)
            }
            let section = try page.section(heading)
            #expect(section.contains("```mermaid\n\(machine.mermaid)```"), "\(machine.name)")
            #expect(section.contains("`\(machine.table).\(machine.column)`"), "\(machine.name)")
        }
    }
}
