import ArgumentParser
import Configuration
import Demo
import Diagnostics
import Jobs
import Postgres
import Schema

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Generate a watch marketplace, its gateway's and courier's statements, and the truth about them.",
        discussion: """
            Fills the private PostgreSQL (DATABASE_URL and the config are not asked: a demo never touches a shop), or \
            the database that --database names if it holds no rows but a demo's. The last business date is 2026-06-30, \
            whatever the clock says; the same seed gives the same data. A known number of every break is planted, and \
            truth.csv in the inbox tells which. --night 2 and --night 3, after the night before has run, put a share of \
            them right, lay the statements that came late into the inbox, and bring truth.csv to 2026-07-01 and 2026-07-02.

            EXAMPLES
              mainspring demo
              mainspring demo --orders 100000 --seed 7
              mainspring run nightly --date 2026-06-30
              mainspring demo --night 2
              mainspring run nightly --date 2026-07-01

            \(ExitStatus.section(ExitStatus.writing))
            """)

    @Option(help: ArgumentHelp("How many orders; everything else grows with them.", valueName: "number"))
    var orders = 10_000

    @Option(help: ArgumentHelp("The same seed gives the same marketplace.", valueName: "number"))
    var seed = 1

    @Option(help: ArgumentHelp("Bring the marketplace that is there to its 2nd or 3rd night.", valueName: "number"))
    var night: Int?

    @Flag(help: "Print what was made as one JSON document.")
    var json = false

    @OptionGroup var placing: PlaceOptions

    func validate() throws {
        guard (DemoMarket.leastOrders...DemoMarket.mostOrders).contains(orders) else {
            throw ValidationError("--orders is \(DemoMarket.leastOrders) to \(DemoMarket.mostOrders).")
        }
        guard (0...Int(Int32.max)).contains(seed) else { throw ValidationError("--seed is 0 to \(Int32.max).") }
        if let night, !(2...DemoMarket.nights).contains(night) {
            throw ValidationError("--night is 2 to \(DemoMarket.nights); without it the first is made.")
        }
    }

    func run() throws {
        let place = try placing.place()
        let inbox = place.home.resolve(place.settings.inboxDirectory)
        let interruption = Interruption()
        SignalThread.start(for: interruption)
        if let night { return try mend(night, place, inbox, interruption) }
        let progress = StageProgress()
        progress.stage("Starts PostgreSQL")
        let target = try place.access.demoTarget().with(applicationName: "mainspring demo")
        let connection = try Connection(target, notice: { Console.serverSays($0) })
        defer { connection.close() }
        let summary = try interruption.watching(connection) {
            try refuseShop(connection)
            progress.stage("Migrates")
            _ = try Migrator.migrate(connection)
            return try WriterLock.holding(connection, timeZone: place.settings.businessTimeZone) {
                try DemoMarket.generate(orders: orders, seed: seed, on: connection, inbox: inbox) {
                    progress.stage($0.stage, $0.number, of: $0.count)
                }
            }
        }
        progress.end()
        let page = DemoPage(summary, inbox: inbox)
        if json { try Console.json(page) } else { Console.out(page.text(Console.outStyle)) }
    }

    private func mend(_ night: Int, _ place: Place, _ inbox: String, _ interruption: Interruption) throws {
        let target = try place.access.demoTarget().with(applicationName: "mainspring demo")
        let connection = try Connection(target, notice: { Console.serverSays($0) })
        defer { connection.close() }
        let summary = try interruption.watching(connection) {
            try WriterLock.holding(connection, timeZone: place.settings.businessTimeZone) {
                try DemoMarket.mend(night: night, on: connection, inbox: inbox)
            }
        }
        let page = DemoNightPage(summary)
        if json { try Console.json(page) } else { Console.out(page.text(Console.outStyle)) }
    }

    /// A shop that Mainspring never saw is refused before anything is migrated into it.
    private func refuseShop(_ connection: Connection) throws {
        guard case .unmigrated = try Migrator.check(connection) else { return }
        let tables = try connection.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        guard let first = tables.first else { return }
        throw Failure(
            .demoRefused,
            "Database \(connection.database) holds tables that no demo made, \(try first.text("tablename")) among them.",
            at: .named("database \(connection.database)"),
            advice: "Give the demo a database of its own: --database URL names another one.")
    }
}
