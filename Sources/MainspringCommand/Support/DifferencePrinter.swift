import Configuration
import Diagnostics
import Jobs
import Postgres

/// Prints what a step of statements would change, row by row as they come.
struct DifferencePrinter {
    let step: String
    let stores: [Int64]?
    let json: Bool

    /// One JSON document: `{"step", "differences"}`.
    private struct Document: Encodable {
        var step: String
        var differences: [StepDetail.Change]
    }

    func print(_ place: Place) throws {
        let check = try DifferenceCheck(step: step, stores: stores, home: place.home, settings: place.settings)
        let connection = try place.connect(role: place.settings.jobRole)
        defer { connection.close() }
        var document = Document(step: step, differences: [])
        var count: Int64 = 0
        try check.forEach(on: connection) { change in
            count += 1
            if json { document.differences.append(change) } else { Console.out(ChangesText.line(change)) }
        }
        if json { try Console.json(document) }
        if !json, count == 0 { Console.out("Nothing differs.") }
    }
}
