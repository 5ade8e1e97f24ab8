import Foundation
import Postgres
import TestSupport
import Testing

/// The built program importing statements that are too large to be one, or killed while it does.
@Suite("Importing statements by the program")
struct StatementImportTests {
    private static let header = """
        automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,available_on_utc,currency,\
        gross,fee,net,reporting_category,source_id,description,customer_facing_amount,customer_facing_currency,charge_id,\
        payment_intent_id,payment_metadata[order_number]

        """

    /// A statement of so many lines.
    private static func write(lines: Int, to path: String) throws {
        _ = FileManager.default.createFile(atPath: path, contents: Data(header.utf8))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seekToEnd()
        for first in stride(from: 1, through: lines, by: 10_000) {
            let rows = (first..<min(first + 10_000, lines + 1)).map { number in
                "po_\(number % 97),2026-06-29 00:00:00,txn_\(number),2026-06-25 10:00:00,2026-06-29 00:00:00,pkr,100.00,"
                    + "3.00,97.00,charge,,,100.00,pkr,ch_\(number),pi_\(number),ORD-\(number)\n"
            }
            try file.write(contentsOf: Data(rows.joined().utf8))
        }
    }

    private func count(_ table: String, on connection: Connection) throws -> Int {
        try connection.query(Statement("SELECT count(*) AS n FROM mainspring.\(table)"))[0].int("n")
    }

    /// Waits until the import's server process copies lines, and says which it is.
    private func copying(on connection: Connection) throws -> Int? {
        for _ in 0..<3000 {
            let found = try connection.query(
                """
                SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY statement_staged%'
                """)
            if let row = found.first { return try row.int("pid") }
            usleep(5000)
        }
        return nil
    }

    // MARK: A line without an end

    @Test(
        "200 MB without a line ending are refused by line and column, and take no more memory than any other file",
        arguments: ["", "\"", "header"])
    func endless(kind: String) throws {
        let home = try TestHome()
        let path = "\(home.path)/endless.csv"
        let start = kind == "header" ? "" : Self.header + kind
        _ = FileManager.default.createFile(atPath: path, contents: Data(start.utf8))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
        let piece = Data(repeating: UInt8(ascii: "x"), count: 4 << 20)
        for _ in 0..<50 { try file.write(contentsOf: piece) }
        try file.close()
        try TestDatabase.withShop { connection, target in
            let running = try Program.start(
                ["import", "endless.csv", "--as", "stripe", "--database", target.conninfo], in: home.path)
            var peak = 0
            // The most memory that it ever had, asked for until it is gone.
            let status = "/proc/\(running.processIdentifier)/status"
            while let text = try? String(contentsOfFile: status, encoding: .utf8),
                let words = text.firstMatch(of: /VmHWM:\s+([0-9]+) kB/)
            {
                peak = max(peak, Int(words.1) ?? 0)
                usleep(2000)
            }
            let ending = try running.wait()
            #expect(ending.code == 4, "\(ending.output) \(ending.error)")
            #expect(ending.output.contains("endless.csv:\(kind == "header" ? 1 : 2):"), "\(ending.output)")
            #expect(ending.output.contains("csv.malformed"), "\(ending.output)")
            #expect(peak > 0 && peak < 100 << 10, "\(peak) kB")
            #expect(try count("files", on: connection) == 0)
            #expect(try count("lines", on: connection) == 0)
        }
    }

    // MARK: Killed

    @Test("killed while it copies, nothing of the file is stored; the next import takes it whole")
    func killed() throws {
        let home = try TestHome()
        try Self.write(lines: 60_000, to: "\(home.path)/large.csv")
        try TestDatabase.withShop { connection, target in
            let arguments = ["import", "large.csv", "--as", "stripe", "--database", target.conninfo]
            let running = try Program.start(arguments, in: home.path)
            let server = try #require(try copying(on: connection))
            kill(running.processIdentifier, SIGKILL)
            #expect(try running.wait().code == 128 + SIGKILL)
            for _ in 0..<2000 {
                if try connection.query(Statement("SELECT 1 FROM pg_stat_activity WHERE pid = \(server)")).isEmpty {
                    break
                }
                usleep(5000)
            }
            #expect(try count("files", on: connection) == 0)
            #expect(try count("lines", on: connection) == 0)
            let again = try Program.run(arguments, in: home.path)
            #expect(again.code == 0, "\(again.output) \(again.error)")
            #expect(try count("lines WHERE standing = 'live'", on: connection) == 60_000)
        }
    }

    @Test("its connection ended by the server while it copies: it tries again, and every line is there once")
    func terminated() throws {
        let home = try TestHome()
        try Self.write(lines: 60_000, to: "\(home.path)/large.csv")
        try TestDatabase.withShop { connection, target in
            let running = try Program.start(
                ["import", "large.csv", "--as", "stripe", "--database", target.conninfo], in: home.path)
            let server = try #require(try copying(on: connection))
            try connection.execute(Statement("SELECT pg_terminate_backend(\(server))"))
            let ending = try running.wait()
            #expect(ending.code == 0, "\(ending.output) \(ending.error)")
            #expect(try count("files", on: connection) == 1)
            #expect(try count("lines", on: connection) == 60_000)
        }
    }

    // MARK: Flags

    @Test("--supersede needs --reason, and --max-rejects a number in bounds: 2, and nothing is touched")
    func usage() throws {
        let home = try TestHome()
        for flags in [
            ["--supersede"], ["--supersede", "--reason", "  "], ["--reason", "x"], ["--max-rejects", "-1"],
            ["--max-rejects", "10001"], ["--max-rejects", "many"],
        ] {
            let ending = try Program.run(
                ["import", "x.csv", "--as", "stripe", "--database", "host=127.0.0.1 port=1"] + flags, in: home.path)
            #expect(ending.code == 2, "\(flags): \(ending.error)")
        }
        let courier = try home.run(
            "import", "x.csv", "--as", "tcs", "--supersede", "--reason", "x", "--database", "host=127.0.0.1 port=1")
        #expect(courier.code == 2 && courier.error.contains("tcs.yml"), "\(courier.error)")
    }

    @Test("both flags in use: what was left out and put right is said, and the journal keeps it")
    func flags() throws {
        let home = try TestHome()
        try Self.write(lines: 3, to: "\(home.path)/june.csv")
        let text = try String(contentsOfFile: "\(home.path)/june.csv", encoding: .utf8)
        try home.write(
            "mended.csv",
            text.replacing(
                "100.00,3.00,97.00,charge,,,100.00,pkr,ch_2", with: "90.00,3.00,87.00,charge,,,90.00,pkr,ch_2"
            )
            .replacing("txn_3,2026-06-25", with: "txn_3,2026-06-31"))
        try TestDatabase.withShop { connection, target in
            #expect(try home.run("import", "june.csv", "--as", "stripe", "--database", target.conninfo).code == 0)
            let ending = try home.run(
                "import", "mended.csv", "--as", "stripe", "--supersede", "--reason", "Their letter", "--max-rejects",
                "1",
                "--database", target.conninfo)
            #expect(ending.code == 0, "\(ending.output) \(ending.error)")
            #expect(ending.output.contains("mended.csv: 1 row, to mended.rejects.csv"), "\(ending.output)")
            #expect(home.exists("mended.rejects.csv"))
            #expect(
                try connection.query(
                    "SELECT gross::text FROM mainspring.lines WHERE standing = 'live' ORDER BY line_key"
                )
                .count == 3)
            let journal = try home.run("history", "2", "--json", "--database", target.conninfo)
            #expect(journal.output.contains("Their letter") && journal.output.contains("\"maxRejects\""))
        }
    }
}
