import Foundation
import Testing

/// Help as the built program prints it. docs/commands.md holds every command's help, word for word (the test of that page
/// says how it is recorded anew): here the program itself is asked.
@Suite("Help")
struct HelpTests {
    /// Command → its help, as docs/commands.md has it.
    private static let page: [(command: String, help: String)] = {
        let text = (try? String(contentsOfFile: Repository.root + "/docs/commands.md", encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n## mainspring ").dropFirst().compactMap { section in
            let parts = section.components(separatedBy: "```")
            guard parts.count >= 3, let title = section.split(separator: "\n").first else { return nil }
            return (String(title), String(parts[1].drop { $0 != "\n" }.dropFirst()))
        }
    }()

    /// The same without blanks at line ends.
    private func trimmed(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.reversed().drop { $0 == " " }.reversed()) }.reversed().drop { $0.isEmpty }.reversed()
    }

    @Test("of every command is the page's, on stdout, with 0")
    func golden() throws {
        #expect(Self.page.count >= 25)
        for (command, help) in Self.page {
            let ending = try Program.run(command.split(separator: " ").map(String.init) + ["--help"])
            #expect(ending.code == 0 && ending.error.isEmpty)
            #expect(trimmed(ending.output) == trimmed(help), "\(command)")
        }
    }

    @Test("of every command shows examples and its exit status")
    func sections() throws {
        for (command, help) in Self.page {
            #expect(help.contains("EXAMPLES\n  mainspring"), "\(command)")
            #expect(help.contains("EXIT STATUS\n"), "\(command)")
        }
    }

    @Test("a wrong use ends with 2, not argument-parser's 64, and its message goes to stderr")
    func wrongUse() throws {
        for arguments in [
            ["run"], ["run", "nightly", "--date", "yesterday"], ["nosuch"], ["run", "nightly", "--from", "2026-01-01"],
            ["run", "nightly", "--resume", "--step", "sold-out"], ["run", "nightly", "--resume", "no-number"],
            ["run", "nightly", "--step", "a", "--from-step", "b"], ["run", "nightly", "--catch-up", "--step", "a"],
            ["run", "nightly", "--from", "2026-01-02", "--to", "2026-01-01"], ["run", "nightly", "--step", "sold-aut"],
            ["demo", "--orders", "3"], ["import", "x.csv"], ["history", "--limit", "0"],
        ] {
            let ending = try Program.run(arguments, in: Repository.root)
            #expect(ending.code == 2, "\(arguments)")
            #expect(ending.output.isEmpty && !ending.error.isEmpty, "\(arguments)")
        }
    }
}
