import ArgumentParser
import Configuration
import Diagnostics
import Foundation
import Jobs
import Postgres

/// The options that every command has.
struct PlaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder that holds jobs, reports and config.",
            discussion: "By default MAINSPRING_HOME, else the nearest parent folder that holds them.",
            valueName: "folder"))
    var home: String?

    @Option(
        help: ArgumentHelp(
            "The database, as a PostgreSQL URI or conninfo.",
            discussion: "By default DATABASE_URL, PG*, database.url of the config, else the private PostgreSQL.",
            valueName: "uri"))
    var database: String?

    /// Finds the home and reads its settings.
    func place() throws -> Place {
        let home = try Home.find(named: home)
        return Place(home: home, settings: try Settings.load(home: home), database: database)
    }
}

/// A home with its settings, and the way to its database.
struct Place {
    let home: Home
    let settings: Settings
    let database: String?

    var access: DatabaseAccess { DatabaseAccess(home: home, settings: settings, database: database) }

    /// A connection for a command that only looks; `role` as the config names it.
    func connect(role: String?) throws -> Connection {
        try DatabaseAccess.connect(
            try access.target().with(applicationName: "mainspring"), role: role,
            notice: { Console.serverSays($0) })
    }

    /// What a run needs that others are told of; from here on SIGINT and SIGTERM end it in order.
    func environment(_ observing: Observing) throws -> RunEnvironment {
        SignalThread.start(for: observing.interruption)
        return RunEnvironment(
            home: home, settings: settings, target: try access.target(), interruption: observing.interruption,
            progress: observing.progress, observers: observing.observers)
    }

    /// What a run needs; from here on SIGINT and SIGTERM end it in order.
    func environment(json: Bool) throws -> RunEnvironment {
        let interruption = Interruption()
        SignalThread.start(for: interruption)
        return RunEnvironment(
            home: home, settings: settings, target: try access.target(), interruption: interruption,
            progress: ConsoleProgress())
    }
}
