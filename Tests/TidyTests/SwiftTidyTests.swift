import Foundation
import Testing

/// docs/architecture.md, “Rules that keep it so”.
@Suite("The Swift code keeps the house's rules")
struct SwiftTidyTests {
    @Test("no try!, no fatalError, no as!, no leftover, no print in a library")
    func traps() throws {
        var offenders: [String] = []
        for file in try Repository.files("Sources", ".swift") {
            for (index, line) in file.lines.enumerated() {
                let place = "\(file.path):\(index + 1): \(line)"
                let code = line.prefix { $0 != "/" || !line.contains("//") }
                let trap = code.contains("try!") || code.contains("fatalError(") || code.contains(" as! ")
                let leftover = line.firstMatch(of: /TODO|FIXME|XXX/) != nil
                let prints = file.folder != "MainspringCommand" && code.firstMatch(of: /(^|\s)print\(/) != nil
                if trap || leftover || prints { offenders.append(place) }
            }
        }
        #expect(offenders == [])
    }

    @Test("every @unchecked Sendable and nonisolated(unsafe) says why, on its line or the one before")
    func unchecked() throws {
        var offenders: [String] = []
        for file in try Repository.files("Sources", ".swift") {
            for (index, line) in file.lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let before = index > 0 ? file.lines[index - 1] : ""
                if !line.contains("//") && !before.contains("//") { offenders.append("\(file.path):\(index + 1)") }
            }
        }
        #expect(offenders == [])
    }

    @Test("SQL longer than a line stands in .sql files")
    func sql() throws {
        var offenders: [String] = []
        let statement = try Regex("^\\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) .*[^\\\\]$")
        for file in try Repository.files("Sources", ".swift") {
            var inText = false
            for (index, line) in file.lines.enumerated() {
                let quotes = line.components(separatedBy: "\"\"\"").count - 1
                let wasInText = inText
                if quotes % 2 == 1 { inText.toggle() }
                guard wasInText || (quotes > 0 && inText) else { continue }
                if line.firstMatch(of: statement) != nil { offenders.append("\(file.path):\(index + 1): \(line)") }
            }
        }
        #expect(offenders == [])
    }

    @Test("a file is one idea: at most 450 lines")
    func length() throws {
        let long = try Repository.files("Sources", ".swift").filter { $0.lines.count > 451 }.map(\.path)
        #expect(long == [])
    }

    @Test("every package and public type and function of a module is documented")
    func documented() throws {
        var offenders: [String] = []
        let kinds = "func|struct|class|enum|protocol|actor|typealias"
        let declaration = try Regex("^(package|public) (final |static |mutating |indirect )*(\(kinds)) ")
        for file in try Repository.files("Sources", ".swift") {
            for (index, line) in file.lines.enumerated() {
                guard line.firstMatch(of: declaration) != nil else { continue }
                var above = index - 1
                while above >= 0, file.lines[above].firstMatch(of: /^\s*@/) != nil { above -= 1 }
                if above < 0 || file.lines[above].firstMatch(of: /^\s*\/\/\//) == nil {
                    offenders.append("\(file.path):\(index + 1): \(line)")
                }
            }
        }
        #expect(offenders == [])
    }
}
