package import Diagnostics
import Foundation

/// A file of `config/` that reports take as a parameter (docs/adding-a-report.md): read strictly by its own type, and
/// handed on as JSON.
package enum ConfigDocument: String, Sendable, CaseIterable {
    case accounts
    case commission
    case rates
    case taxes

    /// The form that a file is held to, by its name: `config/accounts.yml` is one of accounts.
    /// - Throws: `config.invalid` for a name that has none.
    package static func form(of file: String) throws(Failure) -> ConfigDocument {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        // Another file for a trial may have more in its name: commission-2027.yml.
        let stem = name.hasSuffix(".yml") ? String(name.dropLast(4)) : ""
        let kind = stem.split(separator: "-").first.map(String.init) ?? stem
        guard let form = ConfigDocument(rawValue: kind) else {
            let names = allCases.map { "\($0.rawValue).yml" }
            throw Failure(
                .configInvalid, "“\(file)” isn't a file that a report can take.", at: .file(file),
                advice: NearestName.advice(for: name, among: names)
                    ?? "It can take \(names.joined(separator: ", ")), or a name such as commission-2027.yml.")
        }
        return form
    }

    /// Reads the file and gives what it says as a JSON list of flat objects, one for each posting, term or rate.
    /// - Throws: `config.*`, naming file and line.
    package static func json(file: String) throws(Failure) -> String {
        let form = try form(of: file)
        let node = try YAMLNode.parse(file: file)
        switch form {
        case .accounts: return try encoded(ChartOfAccounts(node).postings)
        case .commission: return try encoded(CommissionTerms(node).terms)
        case .rates: return try encoded(ReferenceRates(node).rates)
        case .taxes: return try encoded(SalesTaxRates(file: node).rates)
        }
    }

    private static func encoded(_ rows: some Encodable) throws(Failure) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return String(decoding: try encoder.encode(rows), as: UTF8.self) } catch {
            throw Failure(.internalError, "The configuration can't be written as JSON: \(error)")
        }
    }
}
