import Foundation
import Postgres
import TestSupport
import Testing

/// What goes wrong around the program: each ends with one clear message, the documented exit code, and nothing half done.
@Suite("Bad input and bad surroundings")
struct BadInputTests {
    /// One message with this code, told once, on stderr; nothing on stdout.
    private func expect(
        _ ending: Program.Ending, _ code: Int32, _ name: String, _ words: String...,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(ending.code == code, "\(ending.error)", sourceLocation: location)
        #expect(ending.error.contains("error [\(name)] "), "\(ending.error)", sourceLocation: location)
        #expect(ending.error.components(separatedBy: "error [").count == 2, "\(ending.error)", sourceLocation: location)
        for word in words { #expect(ending.error.contains(word), "\(ending.error)", sourceLocation: location) }
        #expect(!ending.error.contains("fatal") && !ending.error.contains("Fatal"), sourceLocation: location)
    }

    private func runs(_ connection: Connection) throws -> Int {
        try connection.query("SELECT count(*) AS n FROM mainspring.runs")[0].int("n")
    }

    // MARK: The database

    @Test("an unreachable database: 1, where it was looked for, and no password shown")
    func unreachable() throws {
        let home = try TestHome()
        let ending = try home.run(
            "run", "nightly", "--database", "postgresql://shop:secret-word@127.0.0.1:1/shop?connect_timeout=2")
        expect(ending, 1, "database.unreachable", "127.0.0.1")
        #expect(!ending.error.contains("secret-word") && ending.output.isEmpty)
        let variable = try home.run("history", environment: ["DATABASE_URL": "postgresql://127.0.0.1:1/shop"])
        expect(variable, 1, "database.unreachable")
    }

    @Test("a wrong password: 1, and neither password is shown")
    func wrongPassword() throws {
        let home = try TestHome()
        try TestDatabase.withShop { _, target in
            var wrong = target
            wrong.parameters["passfile"] = nil
            wrong.parameters["password"] = "not-the-password"
            let ending = try home.run("run", "nightly", "--database", wrong.conninfo)
            expect(ending, 1, "database.refused")
            #expect(!ending.error.contains("not-the-password"))
        }
    }

    @Test("a database that was never migrated: 1, and what to run")
    func unmigrated() throws {
        let home = try TestHome()
        try TestDatabase.withDatabase { connection, target in
            let ending = try home.run("run", "nightly", "--database", target.conninfo)
            expect(ending, 1, "schema.behind", "mainspring migrate")
            #expect(try connection.query("SELECT 1 FROM pg_namespace WHERE nspname = 'mainspring'").isEmpty)
        }
    }

    @Test("no server installed: 2, and what to install")
    func missingBinaries() throws {
        let home = try TestHome()
        let ending = try Program.run(
            ["run", "nightly"], in: home.path,
            mounting: "for d in /usr/lib/postgresql /usr/pgsql-*; do test -d $d && mount -t tmpfs tmpfs $d; done; true")
        expect(ending, 2, "database.missing_binaries", "apt-get install postgresql")
        #expect(!home.exists(".mainspring/postgres"))
    }

    @Test("a demo aimed at a database that holds a shop: 2, and the shop is as it was")
    func demoOnShop() throws {
        let home = try TestHome()
        try TestDatabase.withShop { connection, target in
            try connection.execute(
                """
                INSERT INTO users (email, password_hash, first_name, last_name, role, is_active, is_verified, created_at,
                    updated_at)
                VALUES ('real@example.test', '!', 'Real', 'Person', 'CUSTOMER', true, true, '2026-01-01', '2026-01-01')
                """)
            let ending = try home.run("demo", "--orders", "500", "--database", target.conninfo)
            expect(ending, 2, "demo.refused", "users", "--database")
            #expect(try connection.query("SELECT count(*) AS n FROM users")[0].int("n") == 1)
            #expect(!home.exists(".mainspring/inbox/truth.csv"))
        }
        try TestDatabase.withDatabase { connection, target in
            try connection.execute("CREATE TABLE orders (id int)")
            let ending = try home.run("demo", "--orders", "500", "--database", target.conninfo)
            expect(ending, 2, "demo.refused", "orders")
            #expect(try connection.query("SELECT 1 FROM pg_namespace WHERE nspname = 'mainspring'").isEmpty)
        }
    }

    @Test(
        "a full disk under the private PostgreSQL: 1, and neither a row nor a file of the demo is left",
        .enabled(if: SmallDisk.isPossible))
    func fullDatabase() throws {
        let home = try TestHome()
        // Where root's private server keeps its data.
        let disk = "/var/lib/mainspring"
        let mount = "mkdir -p \(disk); mount -t tmpfs -o size=85m,mode=0755 tmpfs \(disk)"
        let after = "\"$0\" db psql -- -Atc 'SELECT count(*) FROM users'; \"$0\" db stop 2>&1 | grep -v stopped"
        let ending = try Program.run(["demo"], in: home.path, mounting: mount, finally: after)
        expect(ending, 1, "database.full", "Free some space")
        #expect(ending.output == "0\n")
        #expect(try home.files(".mainspring").filter { $0.key.hasPrefix("inbox") }.isEmpty)
    }

    // MARK: Files and folders

    @Test("an output folder that can't be written: 1, the run is journalled as failed, and nothing is left")
    func readOnly() throws {
        let home = try TestHome()
        try home.write("config/mainspring.yml", "output:\n  directory: /proc/mainspring\n")
        try TestDatabase.withShop { connection, target in
            let ending = try home.run("run", "nightly", "--date", "2026-06-30", "--database", target.conninfo)
            expect(ending, 1, "file.unwritable", "/proc/mainspring")
            let run = try connection.query("SELECT status, error_code FROM mainspring.runs")[0]
            #expect(try run.text("status") == "failed" && run.text("error_code") == "file.unwritable")
        }
    }

    @Test("init makes a home that works, and a second one changes nothing in it")
    func makesHome() throws {
        let home = try TestHome()
        let made = try home.run("init", "new")
        #expect(made.code == 0 && made.error.contains("mainspring migrate"), "\(made.error)")
        #expect(try home.read("new/jobs/nightly.yml") == home.read("jobs/nightly.yml"))
        #expect(try Program.run(["jobs", "list"], in: "\(home.path)/new").output.contains("nightly"))
        try home.write("new/jobs/nightly.yml", "job: nightly\nsteps:\n  - sql: sold-out\n")
        #expect(try home.run("init", "new").output.contains("new: 0 files copied"))
        #expect(try home.read("new/jobs/nightly.yml") != home.read("jobs/nightly.yml"))
        expect(try home.run("init", "."), 2, "usage")
    }

    @Test("a read-only disk: init says so and leaves nothing")
    func readOnlyDisk() throws {
        let home = try TestHome()
        let ending = try Program.run(
            ["init", "/mnt/new"], in: home.path, mounting: "mount -t tmpfs -o ro tmpfs /mnt")
        expect(ending, 1, "file.unwritable", "/mnt/new")
    }

    @Test(
        "a full disk under the output folder: 1, and not a byte of the night is left there",
        .enabled(if: SmallDisk.isPossible))
    func fullOutput() throws {
        let home = try TestHome()
        try TestDatabase.withShop { connection, target in
            try Self.fill(connection, orders: 20_000)
            try SmallDisk.with(megabytes: 1) { disk in
                try home.write("config/mainspring.yml", "output:\n  directory: \(disk)\n")
                let ending = try home.run("run", "nightly", "--date", "2026-06-30", "--database", target.conninfo)
                expect(ending, 1, "disk.full")
                let left = try FileManager.default.subpathsOfDirectory(atPath: disk)
                #expect(left.allSatisfy { !$0.contains(".csv") && !$0.contains(".xlsx") }, "\(left)")
                #expect(
                    try connection.query("SELECT status FROM mainspring.runs").map { try $0.text("status") } == [
                        "failed"
                    ])
            }
        }
    }

    @Test(
        "a full temporary folder: 1, and nothing is left in it",
        .enabled(if: SmallDisk.isPossible))
    func fullTemporaryFolder() throws {
        let home = try TestHome()
        try TestDatabase.withShop { connection, target in
            try Self.fill(connection, orders: 20_000)
            try SmallDisk.with(megabytes: 1) { disk in
                let ending = try Program.run(
                    ["extract", "orders", "--from", "2026-01-01", "--to", "2026-06-30", "--database", target.conninfo],
                    in: home.path, environment: ["TMPDIR": disk])
                expect(ending, 1, "disk.full")
                #expect(ending.output.isEmpty)
                #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == [])
            }
        }
    }

    // MARK: Configuration

    @Test(
        "YAML that is wrong: 2, with file, line and column, before the database is asked",
        arguments: [
            ("config/mainspring.yml", "business:\n  time_zone: [\n", "config.syntax", ""),
            ("config/mainspring.yml", "busines:\n  currency: PKR\n", "config.unknown_key", "“business”"),
            ("config/mainspring.yml", "limits:\n  retries: many\n", "config.wrong_type", "whole number"),
            ("jobs/nightly.yml", "job: nightly\nsteps:\n  - sql: [\n", "config.syntax", ""),
            ("jobs/nightly.yml", "job: nightly\nsteps:\n  - slq: store-metrics\n", "config.unknown_key", "“sql”"),
            ("config/gateways/stripe.yml", "gateway: stripe\n\ttitle: x\n", "config.syntax", ""),
        ])
    func malformedYAML(_ file: String, _ text: String, _ code: String, _ words: String) throws {
        let home = try TestHome()
        try home.write(file, text)
        let ending = try home.run("run", "nightly", "--database", "host=127.0.0.1 port=1")
        expect(ending, 2, code, "where: \(home.path)/\(file):", words.isEmpty ? code : words)
    }

    @Test("an unknown statement: 2, with the nearest that there is; and no home: 2")
    func unknownNames() throws {
        let home = try TestHome()
        let unknown = try home.run("import", "x.csv", "--as", "strype", "--database", "host=127.0.0.1 port=1")
        expect(unknown, 2, "settlement.unknown", "“stripe”")
        expect(try Program.run(["history"], in: "/proc"), 2, "home.not_found", "mainspring init")
    }

    // MARK: Statements

    private static let header = """
        automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,available_on_utc,currency,\
        gross,fee,net,reporting_category,source_id,description,customer_facing_amount,customer_facing_currency,charge_id,\
        payment_intent_id,payment_metadata[order_number]

        """
    private static let line = """
        po_1,2026-06-29 00:00:00,txn_1,2026-06-25 10:00:00,2026-06-29 00:00:00,pkr,100.00,3.00,97.00,charge,ch_1,,100.00,pkr,\
        ch_1,pi_1,ORD-2026-00001

        """

    @Test(
        "a statement that is empty, cut off, wrongly encoded or binary: 4, by file and line, and nothing of it is stored"
    )
    func badStatements() throws {
        let home = try TestHome()
        let whole = Self.header + Self.line
        let files: [(String, Data, String)] = [
            ("empty.csv", Data(), "empty.csv"),
            ("header.csv", Data("a,b,c\n1,2,3\n".utf8), "header.csv:1"),
            ("cut.csv", Data(whole.dropLast(30).utf8), "cut.csv:2"),
            ("quote.csv", Data((Self.header + "\"po_1").utf8), "quote.csv:2"),
            (
                "latin.csv",
                Data(Self.header.utf8)
                    + Data(Self.line.replacing("ch_1,,", with: "ch_1,é,").unicodeScalars.map { UInt8($0.value & 0xFF) }),
                "latin.csv:2"
            ),
            (
                "nul.csv", Data(Self.header.utf8) + Data(Self.line.utf8.map { $0 == UInt8(ascii: "R") ? 0 : $0 }),
                "nul.csv:2"
            ),
        ]
        try TestDatabase.withShop { connection, target in
            for (name, data, place) in files {
                let path = "\(home.path)/\(name)"
                try data.write(to: URL(fileURLWithPath: path))
                let ending = try home.run("import", name, "--as", "stripe", "--database", target.conninfo)
                #expect(ending.code == 4, "\(name): \(ending.output) \(ending.error)")
                #expect(ending.output.contains("Refused; mend the file and run again:"), "\(name): \(ending.output)")
                #expect(ending.output.contains(place), "\(name): \(ending.output)")
                #expect(try connection.query("SELECT 1 FROM mainspring.files").isEmpty, "\(name)")
                #expect(try connection.query("SELECT 1 FROM mainspring.lines").isEmpty, "\(name)")
                #expect(FileManager.default.fileExists(atPath: path))
            }
            try home.write("good.csv", whole)
            let good = try home.run("import", "good.csv", "--as", "stripe", "--database", target.conninfo)
            #expect(good.code == 0, "\(good.output)")
            #expect(try connection.query("SELECT lines FROM mainspring.files").map { try $0.int("lines") } == [1])
            let missing = try home.run("import", "nowhere.csv", "--as", "stripe", "--database", target.conninfo)
            #expect(missing.code == 4 && missing.output.contains("nowhere.csv"))
        }
    }

    /// Many orders, by one INSERT: enough rows to fill a small disk.
    private static func fill(_ connection: Connection, orders: Int) throws {
        try connection.script(
            """
            INSERT INTO users (email, password_hash, first_name, last_name, role, is_active, is_verified, created_at, updated_at)
                SELECT 'user' || n || '@example.test', '!', 'User', 'Number ' || n, (ARRAY['SELLER', 'CUSTOMER'])[n], true,
                    true, '2026-01-01', '2026-01-01'
                FROM generate_series(1, 2) AS n;
            INSERT INTO customers (user_id, is_guest, created_at) VALUES (2, false, '2026-01-01');
            INSERT INTO sellers (user_id, cnic, verification_status, created_at)
                VALUES (1, '35202-0000001-1', 'VERIFIED', '2026-01-01');
            INSERT INTO stores (seller_id, store_name, store_slug, store_rating, total_reviews, total_sales, total_orders,
                    is_active, created_at, updated_at)
                VALUES (1, 'Store', 'store', 0, 0, 0, 0, true, '2026-01-01', '2026-01-01');
            INSERT INTO addresses (user_id, address_type, address_line1, city, state_province, country, is_default,
                    created_at, updated_at)
                VALUES (2, 'BOTH', '1 Road', 'Lahore', 'Punjab', 'Pakistan', true, '2026-01-01', '2026-01-01');
            INSERT INTO orders (order_number, customer_id, store_id, order_status, subtotal, advance_payment, advance_amount,
                    tax_amount, shipping_cost, total_amount, currency, shipping_address_id, billing_address_id, created_at,
                    updated_at)
                SELECT 'ORD-2026-' || n, 1, 1, 'PENDING', 100, false, 0, 0, 0, 100, 'PKR', 1, 1,
                    '2026-06-30 08:00'::timestamp, '2026-06-30 08:00'
                FROM generate_series(1, \(orders)) AS n;
            """)
    }
}
