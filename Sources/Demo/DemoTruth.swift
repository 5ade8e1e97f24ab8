import Diagnostics
import FoundationEssentials

/// The record of what is planted, as it lies in the inbox.
enum DemoTruth {
    /// The rows: code, entity, role, money effect. No field of it is ever quoted.
    static func read(_ path: String) throws(Failure) -> [[String]] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(
                .demoRefused, "The demo's truth is not in the inbox.", at: .file(path),
                advice: "`mainspring demo` writes it.")
        }
        var rows: [[String]] = []
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 4, fields[3].wholeMatch(of: /-?[0-9]+\.[0-9]{2}/) != nil else {
                throw Failure(
                    .demoRefused, "The demo's truth was changed: \(line)", at: .file(path),
                    advice: "`mainspring demo` writes it.")
            }
            rows.append(fields)
        }
        return rows
    }
}
