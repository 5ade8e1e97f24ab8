import Foundation
import Postgres
import Testing

/// The process is killed; what is resumed ends as if nothing had happened.
@Suite("Faults: kill -9")
struct FaultKillTests {
    /// Each boundary of a step and of the run, and the moments on either side of the files' appearance.
    static let places =
        ["after-open"]
        + FaultBench.steps.prefix(5).flatMap { ["after-record:\($0)", "after-commit:\($0)"] }
        + ["in-reading", "before-publish", "after-publish", "before-close", "after-close"]

    @Test(
        "at a boundary, then resumed: the database and the files equal those of an undisturbed night", arguments: places
    )
    func boundary(_ place: String) throws {
        try FaultBench.night { night, bench in
            let killed = try night.run(fault: "kill@\(place)")
            #expect(killed.code == 128 + SIGKILL, "\(killed.error)")
            try night.resume()
            try night.expectWhole(bench, place)
        }
    }

    /// What the test holds so that the run waits inside a step.
    static let inside = [
        "import inbox": "LOCK TABLE mainspring.lines IN ACCESS EXCLUSIVE MODE",
        "reconcile payments": "LOCK TABLE mainspring.allocations IN ACCESS EXCLUSIVE MODE",
        "store-metrics": "SELECT 1 FROM stores WHERE store_id = 2 FOR UPDATE",
        "sold-out": "SELECT 1 FROM products WHERE pieces = 0 FOR UPDATE",
        "3 reports": "LOCK TABLE notifications IN ACCESS EXCLUSIVE MODE",
    ]

    @Test("inside a step of each kind", arguments: inside.keys.sorted())
    func insideStep(_ step: String) throws {
        try FaultBench.night { night, bench in
            let running = try night.blocked(Self.inside[step] ?? "") { running, _ in
                kill(running.processIdentifier, SIGKILL)
            }
            #expect(try running.wait().code == 128 + SIGKILL)
            try night.resume()
            try night.expectWhole(bench, step)
        }
    }

    @Test("at moments that nobody chose, again and again until it is done", arguments: 1...3)
    func atRandom(_ number: Int) throws {
        try FaultBench.night { night, bench in
            var moments: [Double] = []
            for _ in 0..<3 {
                let moment = Double.random(in: 0...bench.seconds)
                moments.append(moment)
                let running = try night.start(moments.count == 1 ? ["--date", FaultBench.date] : ["--resume"])
                Thread.sleep(forTimeInterval: moment)
                kill(running.processIdentifier, SIGKILL)
                _ = try running.wait()
                // Killed before it was recorded, there is nothing to resume yet.
                if try night.isUnbegun() { break }
            }
            try night.resume()
            try night.expectWhole(bench, "killed after \(moments) s")
        }
    }

    @Test("SIGTERM in a COPY: 143 within five seconds, and nothing of the file is left")
    func terminatedInCopy() throws {
        try FaultBench.night { night, bench in
            let folder = ".mainspring/inbox/stripe"
            let sample = String(decoding: try night.home.read("\(folder)/stripe-2026-06.csv"), as: UTF8.self)
            let lines = sample.split(separator: "\n", omittingEmptySubsequences: true)
            let parts = lines[1].components(separatedBy: "txn_")
            var big = "\(lines[0])\n"
            for number in 0..<100_000 { big += parts.joined(separator: "txn_\(number)") + "\n" }
            try night.home.write("\(folder)/a-big.csv", big)
            let running = try night.start()
            try night.waitFor("query LIKE 'COPY statement_staged%' AND state = 'active'", "the COPY never began")
            let sent = Date()
            kill(running.processIdentifier, SIGTERM)
            let ending = try running.wait()
            #expect(ending.code == 143 && ending.error.contains("run.terminated"), "\(ending.error)")
            #expect(Date().timeIntervalSince(sent) < 5)
            try FileManager.default.removeItem(atPath: "\(night.home.path)/\(folder)/a-big.csv")
            try night.resume()
            try night.expectWhole(bench)
        }
    }
}

extension FaultNight {
    /// Whether no run has been recorded.
    func isUnbegun() throws -> Bool {
        let connection = try Connection(target)
        defer { connection.close() }
        return try connection.query("SELECT 1 FROM mainspring.runs").isEmpty
    }
}
