import Foundation
import Testing

@Suite("Every way that a page points leads somewhere")
struct LinkTests {
    @Test("every relative link and anchor resolves")
    func links() throws {
        let pages = try Page.all()
        #expect(pages.count > 10)
        for page in pages {
            for (number, target) in page.links where target.firstMatch(of: /^[a-z]+:/) == nil {
                let place = "\(page.path):\(number): \(target)"
                let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let folder = URL(fileURLWithPath: "\(Page.root)/\(page.path)").deletingLastPathComponent()
                let file =
                    parts[0].isEmpty
                    ? "\(Page.root)/\(page.path)"
                    : folder.appendingPathComponent(String(parts[0])).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: file), "\(place)")
                #expect(file.hasPrefix(Page.root + "/"), "\(place) leaves the repository")
                if parts.count == 2, file.hasSuffix(".md") {
                    let relative = String(file.dropFirst(Page.root.count + 1))
                    #expect(try Page(relative).anchors.contains(String(parts[1])), "\(place)")
                }
            }
        }
    }

    @Test("every page of docs/ is reached from the README or from another page")
    func reached() throws {
        let pages = try Page.all()
        let linked = Set(
            pages.flatMap { page in
                page.links.map { link in
                    URL(fileURLWithPath: "\(Page.root)/\(page.path)").deletingLastPathComponent()
                        .appendingPathComponent(String(link.target.prefix { $0 != "#" })).standardizedFileURL.path
                }
            })
        for page in pages where page.path != "README.md" && page.path != "docs/README.md" {
            #expect(linked.contains("\(Page.root)/\(page.path)"), "\(page.path) is linked from nowhere")
        }
    }

    @Test("where code cites a page and a section, both are there")
    func citations() throws {
        var seen = 0
        for folder in ["Sources", "Tests", "jobs", "reports", "config", "scripts"] {
            for suffix in [".swift", ".sql", ".yml", ".sh"] {
                for path in Page.paths(in: folder, suffix) {
                    let text = try Page(path).text.replacing(/\n[ \t]*(\/\/\/?|--|#)[ \t]*/, with: " ")
                    for match in text.matches(of: /docs\/([a-z0-9\/\-]+\.md)(?:, (?:“([^”]+)”|"([^"]+)"))?/) {
                        seen += 1
                        let name = "docs/\(match.1)"
                        guard FileManager.default.fileExists(atPath: "\(Page.root)/\(name)") else {
                            Issue.record("\(path) cites \(name), which isn't there")
                            continue
                        }
                        guard let section = match.2 ?? match.3 else { continue }
                        #expect(try Page(name).citable.contains(String(section)), "\(path) cites \(match.0)")
                    }
                }
            }
        }
        #expect(seen > 5)
    }
}
