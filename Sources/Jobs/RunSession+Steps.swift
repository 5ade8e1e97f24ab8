import Configuration
import Diagnostics
import Foundation
import Marketplace
import Money
import Postgres
import Reconciliation

extension RunSession {
    /// What a writing step does, in the caller's transaction.
    func work(_ step: JobStep, on connection: Connection) throws -> StepOutcome {
        switch step.work {
        case .importInbox:
            let inbox = environment.home.resolve(environment.settings.inboxDirectory)
            let importing = try importStep()
            let found = try ImportStep.inbox(inbox, statements: importing.statements)
            return try importing.run(found.files, unknown: found.unknown, on: connection)
        case .importFiles(let files, let statement, let options):
            let candidates = files.map {
                ImportStep.Candidate(path: $0, statement: statement, isFromInbox: false)
            }
            return try importStep(options).run(candidates, unknown: [], on: connection)
        case .reconcilePayments:
            return try reconcile(step, on: connection)
        case .statements(let name):
            try NamedStores.requireKnown(options.stores, on: connection)
            let administrator = try options.admin.map { try Administrator.find($0, on: connection) }
            let statements = try plan.statementStep(name, step, ticket, stores: options.stores)
            let isFull = options.isFull || step.options.isFull
            var outcome = try IncrementalStep(statements, isFull: isFull).run(on: connection)
            outcome.detail.stores = options.stores
            try audit(step, outcome, by: administrator, on: connection)
            return outcome
        case .maintain(let maintenance):
            return try MaintenanceStep(maintenance, environment).run(on: connection)
        case .reports, .extracts: break
        }
        throw Failure(.internalError, "The step “\(step.title)” was not planned.")
    }

    private func channels() throws -> ChannelCatalogue {
        guard let channels = plan.channels else {
            throw Failure(.internalError, "The job's channels were not read.")
        }
        return channels
    }

    private func importStep(_ options: ImportOptions = ImportOptions()) throws -> ImportStep {
        let channels = try channels()
        return ImportStep(
            importer: StatementImporter(catalogue: channels), run: try reconciliationRun(),
            statements: channels.settlements.map(\.name), options: options)
    }

    private func reconciliationRun(full: Bool = false) throws -> ReconciliationRun {
        let calendar = ticket.calendar
        return ReconciliationRun(
            runID: ticket.runID, businessDate: try BusinessDate(calendar.businessDate),
            window: try Window(from: try BusinessDate(calendar.windowFrom), to: try BusinessDate(calendar.windowTo)),
            cutOff: calendar.cutOff, timeZone: calendar.timeZone, osUser: Identity.user,
            resolves: !ticket.laterReconciled, full: full)
    }

    private func reconcile(_ step: JobStep, on connection: Connection) throws -> StepOutcome {
        let reconciler = Reconciler(catalogue: try channels(), weekend: environment.settings.weekendNumbers)
        let run = try reconciliationRun(full: options.isFull || step.options.isFull)
        let result = try reconciler.reconcile(run, on: connection)
        var outcome = StepOutcome()
        outcome.read = Int64(result.rowsRead)
        outcome.written = outcome.read
        outcome.changed = Int64(result.rowsChanged)
        outcome.detail.breaks = BreakFigures(result, standing: try standing(on: connection))
        outcome.detail.proof = CompletenessProof(result)
        return outcome
    }

    /// Where the ledger's money stands now: by bucket, then by currency.
    private func standing(on connection: Connection) throws -> [String: [String: String]] {
        var sums: [String: [String: String]] = [:]
        for row in try Journal(connection).query("standing", [:]) {
            sums[try row.text("bucket"), default: [:]][try row.text("currency")] = try row.text("amount")
        }
        return sums
    }

    /// With `--admin`, the change is told to admin_activity_log in the transaction that makes it.
    private func audit(
        _ step: JobStep, _ outcome: StepOutcome, by administrator: Administrator?, on connection: Connection
    ) throws {
        guard let administrator else { return }
        let changes = outcome.detail.changes.filter(\.applied)
        let entities = Set(changes.map { String($0.entity.prefix { $0 != ":" }) })
        let only = outcome.changed == 1 ? changes.first?.entity.split(separator: ":").last.flatMap { Int64($0) } : nil
        var words = ["\(step.title): \(Figures.counted(outcome.changed, "row", "rows")) changed, run \(ticket.runID)"]
        words += changes.prefix(20).map { ChangesText.line($0).trimmingCharacters(in: .whitespaces) }
        guard case .timestamptz(let moment) = try Journal(connection).moment() else { return }
        try administrator.record(
            AdminAction(
                "RECOMPUTE_" + step.title.uppercased().replacing("-", with: "_"),
                entityType: entities.count == 1 ? entities.joined().uppercased() : "STEP", entityID: only,
                description: words.joined(separator: "; ")),
            at: moment, on: connection)
    }
}
