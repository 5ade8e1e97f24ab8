import Foundation
import Testing

/// A page of the documentation, as the tests read it: headings, links, tables.
struct Page {
    /// From the root of the repository: `docs/errors.md`.
    let path: String
    let text: String

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    init(_ path: String) throws {
        self.path = path
        text = try String(contentsOfFile: "\(Self.root)/\(path)", encoding: .utf8)
    }

    /// Every file below a folder whose name has this ending, in order.
    static func paths(in folder: String, _ suffix: String) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: "\(root)/\(folder)") else { return [] }
        return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(suffix) }.sorted().map { "\(folder)/\($0)" }
    }

    /// Every page of docs/, and the README.
    static func all() throws -> [Page] {
        try (paths(in: "docs", ".md") + ["README.md"])
            .filter { FileManager.default.fileExists(atPath: "\(root)/\($0)") }.map { try Page($0) }
    }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The lines outside fenced blocks, with their numbers.
    var prose: [(number: Int, line: Substring)] {
        var fenced = false
        var result: [(Int, Substring)] = []
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                fenced.toggle()
            } else if !fenced {
                result.append((index + 1, line))
            }
        }
        return result
    }

    /// The headings, without their marks.
    var headings: [String] {
        prose.compactMap { $0.line.firstMatch(of: /^#{1,6} +(.+)$/).map { String($0.1) } }
    }

    /// What code may cite: a heading, or the bold words with which a paragraph or an item begins, without their stop.
    var citable: Set<String> {
        let bold = prose.compactMap {
            $0.line.firstMatch(of: /^\s*(?:- |\d+\. )?\*\*(.+?)[.:]?\*\*/).map { String($0.1) }
        }
        return Set(headings + bold)
    }

    /// The anchors of the headings, as GitHub makes them.
    var anchors: Set<String> {
        var seen: [String: Int] = [:]
        var result: Set<String> = []
        for heading in headings {
            let anchor = Self.anchor(of: heading)
            let count = seen[anchor, default: 0]
            seen[anchor] = count + 1
            result.insert(count == 0 ? anchor : "\(anchor)-\(count)")
        }
        return result
    }

    static func anchor(of heading: String) -> String {
        let kept = heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
        return kept.replacing(" ", with: "-")
    }

    /// The targets of the links, with the line on which each stands.
    var links: [(number: Int, target: String)] {
        prose.flatMap { number, line in
            line.replacing(/`[^`]*`/, with: "").matches(of: /\]\(([^)\s]+)\)/).map { (number, String($0.1)) }
        }
    }

    /// What stands under a heading, up to the next one of the same or a higher level.
    func section(_ heading: String) throws -> String {
        let all = lines
        let start = try #require(
            all.firstIndex { $0.firstMatch(of: /^#{1,6} +(.+)$/).map { String($0.1) } == heading },
            "\(path) has no section “\(heading)”")
        let level = all[start].prefix { $0 == "#" }.count
        let rest = all[(start + 1)...]
        let end = rest.firstIndex { $0.hasPrefix("#") && $0.prefix { $0 == "#" }.count <= level } ?? all.endIndex
        return rest[..<end].joined(separator: "\n")
    }

    /// The rows of every table in a text, as cells without their blanks; headings and rules left out.
    static func rows(in text: String) -> [[String]] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { index in
            let line = lines[index]
            guard line.hasPrefix("|"), line.firstMatch(of: /^\|[ \-:|]+\|$/) == nil else { return nil }
            let isHeading = index + 1 < lines.endIndex && lines[index + 1].firstMatch(of: /^\|[ \-:|]+\|$/) != nil
            guard !isHeading else { return nil }
            return line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    var rows: [[String]] { Self.rows(in: text) }

    /// The fenced blocks of one language, in order.
    func fences(_ language: String) -> [String] {
        var blocks: [String] = []
        var open = false
        for line in lines {
            if line == "```\(language)" {
                open = true
                blocks.append("")
            } else if line.hasPrefix("```") {
                open = false
            } else if open {
                blocks[blocks.count - 1] += line + "\n"
            }
        }
        return blocks
    }

    /// Everything that stands between back-quotes in a text.
    static func code(in text: String) -> Set<String> {
        Set(text.matches(of: /`([^`\n]+)`/).map { String($0.1) })
    }
}
