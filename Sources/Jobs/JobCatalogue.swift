package import Configuration
package import Diagnostics
import Foundation

/// The jobs of a home: the files `jobs/*.yml`.
package struct JobCatalogue: Sendable {
    package let home: Home

    package init(home: Home) { self.home = home }

    /// The jobs' names, sorted.
    package var names: [String] { Self.names(in: home.resolve("jobs"), ending: ".yml") }

    /// Reads one job.
    /// - Throws: `job.unknown` with the nearest name, or what is wrong with its file.
    package func job(_ name: String) throws(Failure) -> JobDefinition {
        guard names.contains(name) else {
            throw Failure(
                .jobUnknown, "There is no job “\(name)”; the jobs are \(names.joined(separator: ", ")).",
                at: .file(home.resolve("jobs")), advice: NearestName.advice(for: name, among: names))
        }
        return try JobDefinition.load(file: file(of: name))
    }

    package func file(of name: String) -> String { home.resolve("jobs/\(name).yml") }

    /// The names of a folder's files that end as given, without the ending, sorted.
    static func names(in folder: String, ending: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }.map { String($0.dropLast(ending.count)) }
            .sorted()
    }
}
