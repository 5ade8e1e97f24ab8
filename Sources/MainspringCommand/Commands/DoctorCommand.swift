import ArgumentParser
import Diagnostics
import Jobs
import Postgres
import Schema

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Grade a live database against the schema document, with the statement that mends each finding.",
        discussion: """
            A finding blocks (jobs can't run, or would be wrong), weakens (a rule that the database doesn't hold), or \
            differs (another way to the same end, as Django makes it). Reads only. Ends with 1 when anything blocks.

            EXAMPLES
              mainspring doctor
              mainspring doctor --statements > mend.sql

            \(ExitStatus.section(ExitStatus.reading))
            """)

    @Flag(help: "Print only the statements that mend what blocks or weakens.")
    var statements = false

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var placing: PlaceOptions

    private struct Document: Encodable {
        struct Entry: Encodable {
            var grade: String
            var subject: String
            var what: String
            var statement: String
        }
        var findings: [Entry]
    }

    func run() throws {
        let connection = try Connection(
            try placing.place().access.target().with(applicationName: "mainspring doctor"))
        defer { connection.close() }
        let findings = try Doctor.grade(connection)
        if json {
            try Console.json(
                Document(
                    findings: findings.map {
                        .init(grade: $0.grade.rawValue, subject: $0.subject, what: $0.what, statement: $0.statement)
                    }))
        } else if statements {
            for finding in findings where finding.grade != .differs { Console.out(finding.statement) }
        } else {
            Console.out(Self.text(findings, Console.outStyle))
        }
        try Ending.end(with: findings.contains { $0.grade == .blocks } ? .failed : .done)
    }

    private static func text(_ findings: [Finding], _ style: TextStyle) -> String {
        guard !findings.isEmpty else { return style.good("Everything is as the schema document says.") }
        let lines = findings.map { finding in
            let grade =
                switch finding.grade {
                case .blocks: style.bad("blocks")
                case .weakens: style.warning("weakens")
                case .differs: style.faint("differs")
                }
            return "\(grade)  \(finding.subject): \(finding.what)\n         \(finding.statement)"
        }
        let counts = Finding.Grade.allCases.map { grade in
            "\(findings.filter { $0.grade == grade }.count) \(grade.rawValue)"
        }
        return (lines + [counts.joined(separator: ", ")]).joined(separator: "\n")
    }
}
