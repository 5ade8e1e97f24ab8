import Foundation
import Testing

/// docs/architecture.md, “Rules that keep it so”.
@Suite("The Swift code keeps the house's rules")
struct SwiftTidyTests {
    @Test("no try!, no fatalError, no as!, no leftover, no print in a library")
    func traps() throws {
        for file in try Repository.files("Sources", ".swift") {
            for (index, line) in file.lines.enumerated() {
                let place = "\(file.path):\(index + 1): \(line)"
                let code = line.prefix { $0 != "/" || !line.contains("//") }
                #expect(!code.contains("try!"), "\(place)")
                #expect(!code.contains("fatalError("), "\(place)")
                #expect(!code.contains(" as! "), "\(place)")
                #expect(line.firstMatch(of: /TODO|FIXME|XXX/) == nil, "\(place)")
                if file.folder != "MainspringCommand" {
                    #expect(code.firstMatch(of: /(^|\s)print\(/) == nil, "\(place)")
                }
            }
        }
    }

    @Test("every @unchecked Sendable and nonisolated(unsafe) says why, on its line or the one before")
    func unchecked() throws {
        for file in try Repository.files("Sources", ".swift") {
            for (index, line) in file.lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let before = index > 0 ? file.lines[index - 1] : ""
                #expect(line.contains("//") || before.contains("//"), "\(file.path):\(index + 1)")
            }
        }
    }

    @Test("SQL longer than a line stands in .sql files")
    func sql() throws {
        for file in try Repository.files("Sources", ".swift") {
            var inText = false
            for (index, line) in file.lines.enumerated() {
                let quotes = line.components(separatedBy: "\"\"\"").count - 1
                let wasInText = inText
                if quotes % 2 == 1 { inText.toggle() }
                guard wasInText || (quotes > 0 && inText) else { continue }
                let statement = line.firstMatch(
                    of: #/^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|ALTER) /#)
                #expect(statement == nil, "\(file.path):\(index + 1): \(line)")
            }
        }
    }

    @Test("a file is one idea: at most 450 lines")
    func length() throws {
        for file in try Repository.files("Sources", ".swift") {
            #expect(file.lines.count <= 451, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test("every package and public declaration at a file's or type's own level is documented")
    func documented() throws {
        let kinds = "func|struct|class|enum|protocol|actor|typealias"
        let declaration = try Regex("^ {0,4}(package|public) (final |static |mutating |indirect )*(\(kinds)) ")
        for file in try Repository.files("Sources", ".swift") {
            for (index, line) in file.lines.enumerated() {
                guard line.firstMatch(of: declaration) != nil else { continue }
                var above = index - 1
                while above >= 0, file.lines[above].firstMatch(of: /^\s*@/) != nil { above -= 1 }
                #expect(
                    above >= 0 && file.lines[above].firstMatch(of: /^\s*\/\/\//) != nil,
                    "\(file.path):\(index + 1) has no documentation: \(line)")
            }
        }
    }
}
