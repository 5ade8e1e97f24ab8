import Configuration
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite("Parameters of a job: declared, given, bound typed")
struct ParameterTests {
    /// A step that reports the values that it was given, one row.
    private static let echo = """
        /*
        about: Says what it was given.
        parameters:
          full: { type: boolean, default: false, about: everything or what changed }
        */

        -- name: difference
        SELECT
            'echo:1' AS entity,
            'echo' AS finding,
            false AS applies,
            jsonb_build_object(
                'full', pg_typeof(:'full'::boolean) || ' ' || :'full'::boolean,
                'least', pg_typeof(:'least'::numeric) || ' ' || :'least'::numeric,
                'count', (:'count'::int + 1)::text, 'since', (:'since'::date + 1)::text, 'word', :'word'::text
            ) AS before,
            '{}'::jsonb AS after;
        """

    private static let job = """
        job: echo
        parameters:
          least: { type: decimal, default: 10.50 }
          count: { type: integer, default: 1 }
          since: { type: date, default: 2026-01-01 }
          word: { type: text }
        steps:
          - sql: say
        """

    private func load(_ files: [String: String], _ given: [String: String]? = [:]) throws -> RunPlan {
        let home = try TemporaryHome(files)
        return try RunPlan.load(
            try JobCatalogue(home: home.home).job("echo"), home: home.home, settings: Settings(), given: given)
    }

    private func run(
        _ given: [String: String], step: String = "", _ target: ConnectionTarget
    ) throws -> [String: String?] {
        let home = try TemporaryHome(["jobs/say.sql": Self.echo, "jobs/echo.yml": Self.job + "\n" + step])
        var options = RunOptions()
        options.parameters = given
        let summary = try Runner(home.environment(target)).run(try JobCatalogue(home: home.home).job("echo"), options)
        #expect(summary.status == "done", "\(String(describing: summary.failure))")
        return try #require(summary.steps.first?.detail.changes.first).before
    }

    @Test("a value comes from the command line, else from the step, else from the default; and is a value, never SQL")
    func values() throws {
        try TestDatabase.withShop { _, target in
            let defaults = try run(["word": "'; DROP TABLE orders; --"], target)
            #expect(
                defaults == [
                    "full": "boolean false", "least": "numeric 10.50", "count": "2", "since": "2026-01-02",
                    "word": "'; DROP TABLE orders; --",
                ])
            let step = "    parameters: { full: true, count: 5, word: from the step }\n"
            let own = try run(["count": "7"], step: step, target)
            #expect(own["full"] == "boolean true" && own["count"] == "8" && own["word"] == "from the step")
        }
    }

    @Test("a parameter that no statement could have, or of another type, is refused before anything is touched")
    func given() throws {
        let files = ["jobs/say.sql": Self.echo, "jobs/echo.yml": Self.job]
        for (given, code, words) in [
            (["word": "a", "fulll": "true"], ErrorCode.parameterInvalid, "“full”"),
            (["word": "a", "from": "2026-01-01"], .parameterInvalid, "--from"),
            (["word": "a", "run_id": "1"], .parameterInvalid, "--date"),
            (["word": "a", "full": "yes"], .parameterInvalid, "true or false"),
            (["word": "a", "count": "1.5"], .parameterInvalid, "whole number"),
            (["word": "a", "least": "1e3"], .parameterInvalid, "decimal"),
            (["word": "a", "since": "30.6.2026"], .parameterInvalid, "2026-06-30"),
            ([:], .parameterMissing, "--set word=VALUE"),
        ] {
            let failure = try #require(#expect(throws: Failure.self) { try load(files, given) })
            #expect(failure.code == code && failure.exitCode == .usage, "\(failure)")
            #expect(failure.advice?.contains(words) == true, "\(failure)")
        }
        #expect(try load(files, nil).values.isEmpty)
    }

    @Test(
        "a declaration that can't stand is refused, with its place",
        arguments: [
            ("from: { type: date }", "echo.yml:3:9", "another name"),
            ("business_date: { type: date }", "echo.yml:3:18", "another name"),
            ("stores: { type: text }", "echo.yml:3:11", "another name"),
            ("Full: { type: boolean }", "echo.yml:3:9", "lower-case"),
            ("\"a b\": { type: text }", "echo.yml:3:10", "lower-case"),
            ("word: { type: strnig }", "echo.yml:3:17", ""),
            ("word: { type: timestamp }", "echo.yml:3:17", ""),
            ("word: { type: integer, default: x }", "echo.yml:3:35", "whole number"),
            ("word: { typ: text }", "echo.yml:3:11", "“type”"),
            ("idle: { type: text }", "echo.yml:3:9", "Remove it"),
            ("full: { type: text }", "echo.yml:3:9", "the same type"),
        ])
    func declared(_ line: String, _ place: String, _ words: String) throws {
        let job = "job: echo\nparameters:\n  \(line)\nsteps:\n  - sql: say\n"
        let say = Self.echo.replacing(/'least'.*\n.*'word', :'word'::text/, with: "'a', ''")
        let failure = try #require(
            #expect(throws: Failure.self) { try load(["jobs/say.sql": say, "jobs/echo.yml": job]) })
        #expect(failure.exitCode == .usage)
        #expect("\(failure.location.map { "\($0)" } ?? "")".hasSuffix(place), "\(failure)")
        #expect(words.isEmpty || failure.advice?.contains(words) == true, "\(failure)")
    }

    @Test("a step's value for a parameter that it doesn't have, or of another type, is refused with its place")
    func ofStep() throws {
        for (line, place, words) in [
            ("parameters: { word: a, cuont: 1 }", "echo.yml:9:35", "“count”"),
            ("parameters: { word: a, count: many }", "echo.yml:9:35", "whole number"),
        ] {
            let files = ["jobs/say.sql": Self.echo, "jobs/echo.yml": Self.job + "\n    " + line]
            let failure = try #require(#expect(throws: Failure.self) { try load(files) })
            #expect(failure.code == .jobInvalid && "\(failure.location.map { "\($0)" } ?? "")".hasSuffix(place))
            #expect(failure.advice?.contains(words) == true, "\(failure)")
        }
    }

    @Test("a report of a step gets its own parameters")
    func report() throws {
        let report = """
            /*
            title: Words
            description: The word that was given.
            owner: tests
            parameters:
              word: { type: text, default: none }
            columns:
              word: { heading: Word, kind: text }
            sort: [word]
            formats: [csv]
            */
            SELECT :'word'::text AS word
            ORDER BY word;
            """
        try TestDatabase.withShop { _, target in
            let job = "job: echo\nsteps:\n  - report: [words]\n    parameters: { word: given }\n"
            let home = try TemporaryHome(["reports/words.sql": report, "jobs/echo.yml": job])
            let summary = try Runner(home.environment(target)).run(try JobCatalogue(home: home.home).job("echo"))
            let folder = try #require(summary.folder)
            let text = try String(contentsOfFile: "\(folder)/reports/words.csv", encoding: .utf8)
            #expect(text.contains("given"), "\(text)")
        }
    }

    @Test("a name that is a parameter and a column of the difference is refused: apply couldn't tell which")
    func both() throws {
        try TestDatabase.withShop { connection, _ in
            let say = """
                /*
                parameters: { full: { type: boolean } }
                */
                -- name: difference
                SELECT 'a' AS entity, 'b' AS finding, true AS applies, '{}'::jsonb AS before, '{}'::jsonb AS after,
                    1 AS "full"
                WHERE :'full'::boolean;
                -- name: apply
                UPDATE products SET status = 'SOLD' WHERE :'full'::boolean;
                """
            let plan = try load(["jobs/say.sql": say, "jobs/echo.yml": "job: echo\nsteps:\n  - sql: say\n"], nil)
            let failure = try #require(#expect(throws: Failure.self) { try plan.check(on: connection) })
            #expect(failure.code == .jobInvalid && failure.message.contains("“full” is both"))
        }
    }

    @Test("a job's page lists what it may be given")
    func page() throws {
        let home = try TemporaryHome(["jobs/say.sql": Self.echo, "jobs/echo.yml": Self.job])
        let page = try JobCatalogue(home: home.home).description(of: "echo")
        #expect(page.parameters.map(\.name) == ["count", "full", "least", "since", "word"])
        #expect(page.parameters[1].about == "everything or what changed" && page.parameters[4].default == nil)
        #expect(page.text(.plain).contains("full       boolean  false"))
    }
}
