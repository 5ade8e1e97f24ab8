import Configuration
import Foundation
import Postgres

/// Says every few seconds, from a thread and a connection of its own, that a run's process is alive: a step may take an
/// hour, and nothing else tells a process that works from one that is gone.
///
/// It proves nothing to the run itself, whose fence is its token in `mainspring.runs`; and nothing waits for it: a beat
/// that hangs or fails is only a beat that is missing.
final class Heartbeat: Sendable {
    /// Seconds between two beats. A run that is shorter needs none, and its connection is never opened.
    static let interval = 5.0
    /// Seconds without a beat after which a run whose lock is free is held to be dead.
    static let deadAfter = 60.0
    /// How long the end of a run waits for the last beat to be taken away.
    private static let patience = 2.0

    private let stopped = DispatchSemaphore(value: 0)
    private let gone = DispatchSemaphore(value: 0)

    init(_ ticket: RunTicket, _ environment: RunEnvironment, every interval: Double = Heartbeat.interval) {
        let target = environment.target.with(applicationName: "mainspring \(ticket.job), heartbeat")
        let role = environment.settings.jobRole
        let (stopped, gone) = (stopped, gone)
        let thread = Thread {
            var connection: Connection?
            while stopped.wait(timeout: .now() + interval) == .timedOut {
                do {
                    let open = try connection ?? Self.connect(target, role: role)
                    connection = open
                    guard try Self.beat(ticket, on: open) else { break }
                } catch {
                    connection?.close()
                    connection = nil
                }
            }
            if let connection { _ = try? Self.execute("stop-beating", ["run_id": .int(ticket.runID)], on: connection) }
            connection?.close()
            gone.signal()
        }
        thread.name = "heartbeat"
        thread.start()
    }

    /// The run is over.
    func stop() {
        stopped.signal()
        _ = gone.wait(timeout: .now() + Self.patience)
    }

    private static func connect(_ target: ConnectionTarget, role: String) throws -> Connection {
        let connection = try Connection(target, role: role)
        try connection.script("SET statement_timeout = '5s'; SET lock_timeout = '5s'")
        return connection
    }

    /// - Returns: false when the run is this process's no longer.
    private static func beat(_ ticket: RunTicket, on connection: Connection) throws -> Bool {
        let values: [String: SQLValue] = [
            "run_id": .int(ticket.runID), "owner_token": .text(ticket.ownerToken),
            "moment": try Journal(connection).moment(),
        ]
        return try execute("beat", values, on: connection) == 1
    }

    private static func execute(_ name: String, _ values: [String: SQLValue], on connection: Connection) throws -> Int {
        try connection.execute(try ObserverStatements.library()[name].bind(values))
    }
}
