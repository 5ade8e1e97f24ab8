import Configuration
package import Diagnostics
package import Money
package import Postgres

/// What a run gives to each of its reports: the values of the parameters that every report may declare.
package struct ReportContext: Sendable {
    /// What is reported.
    package var window: Window
    /// Whether somebody named the window: then reports of history keep to it as well.
    package var windowIsNamed: Bool
    /// The day from which ages count.
    package var businessDate: BusinessDate
    /// What lies after it isn't seen; ISO with an offset.
    package var cutOff: String
    /// The zone of business dates, an IANA name.
    package var timeZone: String
    /// The currency of the stores' own figures, an ISO 4217 code.
    package var businessCurrency: String
    /// Values from the command line, by name.
    package var values: [String: String]
    /// Whether a report passes over values that it has no parameter for: a job holds them against all of its reports.
    package var passesOverOthers = false
    /// Whether reports that show personal data may run (docs/semantics.md, “Personal data”).
    package var allowsPersonalData: Bool
    /// The role under which such a report reads.
    package var personalRole = "mainspring_job"

    package init(
        window: Window, windowIsNamed: Bool = false, businessDate: BusinessDate, cutOff: String, timeZone: String,
        businessCurrency: String, values: [String: String] = [:], allowsPersonalData: Bool = false
    ) {
        self.window = window
        self.windowIsNamed = windowIsNamed
        self.businessDate = businessDate
        self.cutOff = cutOff
        self.timeZone = timeZone
        self.businessCurrency = businessCurrency
        self.values = values
        self.allowsPersonalData = allowsPersonalData
    }

    /// The parameters that need no value from anybody.
    package static let names = ["from", "to", "business_date", "cut_off", "time_zone", "business_currency"]

    /// The window that a report covers in this run.
    package func window(of report: ReportDefinition) -> Window {
        guard !windowIsNamed else { return window }
        return switch report.header.window {
        case .run: window
        case .month: (try? Window(from: min(window.from, window.to.firstOfMonth), to: window.to)) ?? window
        case .history:
            (try? Window(from: BusinessDate(year: 1, month: 1, day: 1), to: businessDate)) ?? window
        }
    }

    /// The same in words: a report of history begins with whatever there is first.
    func windowInWords(of report: ReportDefinition) -> String {
        guard !windowIsNamed, report.header.window == .history else { return window(of: report).description }
        return "everything up to \(businessDate)"
    }

    /// The value of each parameter of a report: from the command line, else the run's, else the header's default.
    /// - Throws: `parameter.missing`, `parameter.invalid`; `config.*` of a file that a parameter names.
    package func values(for report: ReportDefinition) throws(Failure) -> [String: SQLValue] {
        if !passesOverOthers,
            let name = values.keys.sorted().first(where: { name in !report.parameters.contains { $0.name == name } })
        {
            throw Failure(
                .parameterInvalid, "The report \(report.name) has no parameter “\(name)”.", at: .file(report.file),
                advice: report.parameters.isEmpty
                    ? "It takes none." : "It takes \(report.parameters.map(\.name).joined(separator: ", ")).")
        }
        let window = window(of: report)
        let own = [
            "from": window.from.description, "to": window.to.description, "business_date": businessDate.description,
            "cut_off": cutOff, "time_zone": timeZone, "business_currency": businessCurrency,
        ]
        var bound: [String: SQLValue] = [:]
        for parameter in report.parameters {
            guard let text = values[parameter.name] ?? own[parameter.name] ?? parameter.fallback else {
                throw Failure(
                    .parameterMissing, "The report \(report.name) needs a value for “\(parameter.name)”.",
                    at: .file(report.file), advice: "Give one with --set \(parameter.name)=VALUE.")
            }
            bound[parameter.name] =
                parameter.kind == .config
                ? .json(try ConfigDocument.json(file: report.resolve(text))) : try parameter.value(of: text)
        }
        return bound
    }
}
