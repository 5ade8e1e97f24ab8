import Foundation
import Postgres
import TestSupport
import Testing

/// The machine fails: the server stops and starts, disks are full.
@Suite("Faults: the machine", .serialized)
struct FaultMachineTests {
    /// Fills a database of a server of its own and hands out a night there.
    private func withOwnServer(_ folder: String, _ body: (FaultNight, EmbeddedCluster, FaultBench) throws -> Void)
        throws
    {
        let bench = try FaultBench.shared.get()
        let cluster = EmbeddedCluster(dataFolder: folder, durable: false)
        defer { try? cluster.destroy() }
        let target = try cluster.start()
        let home = try FaultBench.emptyHome()
        try FaultBench.fill(home, target)
        try body(FaultNight(home: home, target: target), cluster, bench)
    }

    @Test(
        "the server ends in mid-run and is started again: the run goes on by itself", arguments: ["stopped", "killed"])
    func restart(_ how: String) throws {
        try withOwnServer("/tmp/mainspring-fault-\(UUID().uuidString)") { night, cluster, bench in
            let running = try night.blocked(FaultKillTests.inside["sold-out"] ?? "") { _, _ in
                if how == "stopped" {
                    try cluster.stop()
                } else if case .running(let pid, _) = cluster.status() {
                    #expect(kill(pid_t(pid), SIGKILL) == 0)
                }
                try Self.start(cluster)
            }
            let ending = try running.wait()
            #expect(ending.error.contains(" retry "), "\(ending.error)")
            if ending.code == 1, how == "killed" {
                // This server commits before it has written; what it forgot is noticed.
                #expect(ending.error.contains("[run.forgotten]"), "\(ending.error)")
                try night.resume()
            } else {
                #expect(ending.code == 0, "\(ending.error)")
            }
            try night.expectWhole(bench)
        }
    }

    @Test(
        "a full disk under the database: 1 and database.full; with room again it is resumed",
        .enabled(if: SmallDisk.isPossible))
    func fullDatabase() throws {
        try SmallDisk.with(megabytes: 250) { disk in
            try withOwnServer("\(disk)/server") { night, cluster, bench in
                let filler = "\(disk)/filler"
                let running = try night.blocked(FaultKillTests.inside["reconcile payments"] ?? "") { _, _ in
                    Self.fill(filler)
                }
                let ending = try running.wait()
                #expect(ending.code == 1, "\(ending.error)")
                #expect(ending.error.contains("[database.full]"), "\(ending.error)")
                #expect(unlink(filler) == 0)
                _ = try cluster.start()
                try night.resume()
                try night.expectWhole(bench)
            }
        }
    }

    @Test("a full disk under the output: 1 and disk.full, no file of the night; with room again it is resumed")
    func fullOutput() throws {
        try FaultBench.night { night, bench in
            let words = ["run", FaultBench.job, "--date", FaultBench.date, "--database", night.target.conninfo]
            let ending = try Program.run(
                words, in: night.home.path, mounting: "mkdir -p out; mount -t tmpfs -o size=64k tmpfs out",
                // The page over all runs is no file of the night: it tells of the failure.
                finally: "find out -type f ! -path out/index.html | sed 's/^/left: /' >&2")
            #expect(ending.code == 1 && ending.error.contains("[disk.full]"), "\(ending.error)")
            #expect(!ending.error.contains("left: "))
            try night.resume()
            try night.expectWhole(bench)
            let index = String(decoding: try night.home.read("out/index.html"), as: UTF8.self)
            #expect(index.contains("class=\"good\">done<") && !index.contains("failed"))
        }
    }

    /// A server that was killed may take its moment to be gone.
    private static func start(_ cluster: EmbeddedCluster) throws {
        for _ in 0..<50 {
            if (try? cluster.start()) != nil { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        _ = try cluster.start()
    }

    /// Writes a file until the disk is full.
    private static func fill(_ path: String) {
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        defer { close(file) }
        for size in [1 << 20, 4096] {
            let block = [UInt8](repeating: 1, count: size)
            while write(file, block, size) == size {}
        }
    }
}
