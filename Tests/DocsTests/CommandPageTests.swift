import ArgumentParser
import Foundation
import Testing

@testable import MainspringCommand

/// docs/commands.md is the one place where every command's help is frozen.
/// `MAINSPRING_RECORD=1 swift test --filter CommandPageTests` writes the page anew; read the difference before you keep it.
@Suite("docs/commands.md holds every command's help, word for word")
struct CommandPageTests {
    private struct Command {
        let name: String
        let type: any ParsableCommand.Type
        var abstract: String { type.configuration.abstract }
        var help: String { Mainspring.helpMessage(for: type, columns: 100) }
    }

    /// The commands that do something, in the order of the help: `mainspring breaks list`.
    private static func commands(
        _ types: [any ParsableCommand.Type], under prefix: String
    ) -> [Command] {
        types.flatMap { type in
            let name = "\(prefix) \(type.configuration.commandName ?? type._commandName)"
            let below = type.configuration.subcommands
            return below.isEmpty ? [Command(name: name, type: type)] : commands(below, under: name)
        }
    }

    private static let all = commands(Mainspring.configuration.subcommands, under: "mainspring")

    private static var page: String {
        var lines = [
            "# Commands", "",
            "`mainspring help` lists the commands, and `mainspring help COMMAND` says what stands below. Data goes to stdout,",
            "everything else to stderr. `--json` gives the same as JSON, wherever a program may want to read it. What each exit",
            "code means in the morning is on [the operator's page](operator.md#exit-codes), and the errors are in",
            "[errors](errors.md).", "",
            "This page is written from the program itself, by `MAINSPRING_RECORD=1 swift test --filter CommandPageTests`.",
            "",
            "| command | does |", "| --- | --- |",
        ]
        for command in all {
            lines.append("| [`\(command.name)`](#\(Page.anchor(of: command.name))) | \(command.abstract) |")
        }
        for command in all {
            let help = command.help.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                String(line.reversed().drop { $0 == " " }.reversed())
            }
            lines += ["", "## \(command.name)", "", "```text"] + help + ["```"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("the page is what the program says")
    func equal() throws {
        if ProcessInfo.processInfo.environment["MAINSPRING_RECORD"] != nil {
            try Self.page.write(toFile: "\(Page.root)/docs/commands.md", atomically: true, encoding: .utf8)
        }
        let written = try Page("docs/commands.md")
        for command in Self.all { #expect(written.headings.contains(command.name), "\(command.name) is missing") }
        #expect(written.text == Self.page)
    }

    @Test("every command has examples and its exit codes in its help")
    func complete() {
        #expect(Self.all.count > 20)
        for command in Self.all {
            #expect(!command.abstract.isEmpty, "\(command.name)")
            #expect(command.help.contains("EXAMPLES"), "\(command.name)")
            #expect(command.help.contains("EXIT STATUS"), "\(command.name)")
        }
    }

    @Test("every command that a page names is there")
    func named() throws {
        let names = Set(Self.all.map(\.name)).union(["mainspring", "mainspring help"])
        let groups = Set(Self.all.compactMap { $0.name.split(separator: " ").dropLast().joined(separator: " ") })
        for page in try Page.all() {
            for match in page.text.matches(of: /(?:^|`)mainspring ((?:[a-z]+)(?: [a-z]+)?)/.anchorsMatchLineEndings()) {
                let words = match.1.split(separator: " ")
                let one = "mainspring \(words[0])"
                let two = words.count > 1 ? "\(one) \(words[1])" : one
                #expect(names.contains(one) || names.contains(two) || groups.contains(one), "\(page.path): \(two)")
            }
        }
    }
}
