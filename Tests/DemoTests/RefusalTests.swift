import Demo
import Diagnostics
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("A demo refuses")
struct RefusalTests {
    private static let person =
        "INSERT INTO users (email, password_hash, first_name, last_name, role)"
        + " VALUES ('a@example.com', '!x', 'A', 'B', 'CUSTOMER')"

    @Test("a shop that no demo made keeps every row, and the inbox stays empty")
    func shop() throws {
        try TestDatabase.withShop { connection, _ in
            try Marketplace.withFolder { folder in
                try connection.execute(Statement(Self.person, name: "test"))
                let failure = try #require(throws: Failure.self) {
                    try DemoMarket.generate(orders: 500, seed: 1, on: connection, inbox: folder)
                }
                #expect(failure.code == .demoRefused && failure.exitCode == .usage)
                #expect(failure.message.contains("users"))
                let users = try connection.query("SELECT email FROM users").map { row in try row.text("email") }
                #expect(users == ["a@example.com"])
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/stripe").isEmpty)
                #expect(!FileManager.default.fileExists(atPath: "\(folder)/truth.csv"))
            }
        }
    }

    @Test("a demo in which somebody has signed up since")
    func strangers() throws {
        try Marketplace.with(orders: 500) { market in
            try market.connection.execute(Statement(Self.person, name: "test"))
            let before = try market.fingerprint()
            let failure = try #require(throws: Failure.self) {
                try DemoMarket.generate(orders: 500, seed: 2, on: market.connection, inbox: market.inbox)
            }
            #expect(failure.code == .demoRefused)
            #expect(failure.message.contains("holds a demo and 1 "))
            #expect(try market.fingerprint() == before)
        }
    }

    @Test("what the pipeline itself adds to a demo is no stranger")
    func ownRows() throws {
        try Marketplace.with(orders: 500) { market in
            try market.connection.execute(
                "INSERT INTO admin_activity_log (admin_id, action_type, entity_type) VALUES (1, 'RECOMPUTE', 'STORE')")
            let again = try DemoMarket.generate(orders: 500, seed: 7, on: market.connection, inbox: market.inbox)
            #expect(again == market.summary)
        }
    }

    @Test("an inbox that cannot be written is found before anything is made")
    func inbox() throws {
        try TestDatabase.withShop { connection, _ in
            try Marketplace.withFolder { folder in
                try "a file".write(toFile: "\(folder)/inbox", atomically: true, encoding: .utf8)
                let failure = try #require(throws: Failure.self) {
                    try DemoMarket.generate(orders: 500, seed: 1, on: connection, inbox: "\(folder)/inbox")
                }
                #expect(failure.code == .fileUnwritable)
                #expect(try connection.query("SELECT FROM users").isEmpty)
            }
        }
    }

    @Test("a disk that fills up leaves neither rows nor files", .enabled(if: SmallDisk.isPossible))
    func fullDisk() throws {
        try TestDatabase.withShop { connection, _ in
            try SmallDisk.with(megabytes: 1) { folder in
                let failure = try #require(throws: Failure.self) {
                    try DemoMarket.generate(orders: 8000, seed: 1, on: connection, inbox: folder)
                }
                #expect(failure.code == .diskFull && failure.exitCode == .failed)
                #expect(try connection.query("SELECT FROM users").isEmpty)
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                        == ["bank", "jazzcash", "stripe", "tcs"])
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/stripe").isEmpty)
            }
        }
    }

    @Test("a database that was never migrated")
    func unmigrated() throws {
        try TestDatabase.withDatabase { connection in
            let failure = try #require(throws: Failure.self) {
                try DemoMarket.generate(orders: 500, seed: 1, on: connection, inbox: "/tmp/never-made")
            }
            #expect(failure.code == .schemaBehind)
            #expect(!FileManager.default.fileExists(atPath: "/tmp/never-made"))
        }
    }

    @Test("too few and too many orders, and a seed out of range", arguments: [(499, 1), (10_000_001, 1), (500, -1)])
    func limits(orders: Int, seed: Int) throws {
        try TestDatabase.withShop { connection, _ in
            let failure = try #require(throws: Failure.self) {
                try DemoMarket.generate(orders: orders, seed: seed, on: connection, inbox: "/tmp/never-made")
            }
            #expect(failure.code == .parameterInvalid)
        }
    }
}
