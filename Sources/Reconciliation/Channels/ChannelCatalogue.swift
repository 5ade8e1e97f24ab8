package import Configuration
package import Diagnostics
import Foundation
package import Money

/// Every gateway mapping and statement profile of a home, compiled to SQL, and the days and rates that they are judged
/// by.
package struct ChannelCatalogue: Sendable {
    /// From `config/gateways`, by name.
    package let gateways: [GatewayMapping]
    /// From `config/settlements`, by name.
    package let settlements: [SettlementProfile]
    /// From `config/taxes.yml`; none without the file.
    package let taxes: [TaxRule]
    /// From `config/holidays.yml`, sorted; none without the file.
    package let holidays: [BusinessDate]
    /// From `config/rates.yml`; none without the file.
    package let rates: [ReferenceRate]

    /// Reads `config/gateways/*.yml`, `config/settlements/*.yml`, and taxes, holidays and rates where there are any.
    /// - Throws: `config.*`, naming file, line and column.
    package static func load(home: Home) throws(Failure) -> ChannelCatalogue {
        try load(configFolder: home.resolve("config"))
    }

    /// The same of any folder that holds `gateways` and `settlements`.
    package static func load(configFolder: String) throws(Failure) -> ChannelCatalogue {
        var gateways: [GatewayMapping] = []
        for file in try files("\(configFolder)/gateways") { gateways.append(try GatewayMapping.load(file: file)) }
        var settlements: [SettlementProfile] = []
        for file in try files("\(configFolder)/settlements") {
            settlements.append(try SettlementProfile.load(file: file))
        }
        return try ChannelCatalogue(
            gateways: gateways, settlements: settlements,
            taxes: try optional("\(configFolder)/taxes.yml").map(TaxRule.rules) ?? [],
            holidays: try optional("\(configFolder)/holidays.yml").map(Holidays.dates) ?? [],
            rates: try optional("\(configFolder)/rates.yml").map(ReferenceRate.rates) ?? [])
    }

    /// - Throws: `config.invalid` when two mappings claim the same payments, or two statements of a channel differ in
    ///   their terms.
    package init(
        gateways: [GatewayMapping], settlements: [SettlementProfile], taxes: [TaxRule] = [],
        holidays: [BusinessDate] = [], rates: [ReferenceRate] = []
    ) throws(Failure) {
        var claimed: [String: GatewayMapping] = [:]
        for gateway in gateways {
            for claim in gateway.names.map({ "the gateway name “\($0)”" })
                + gateway.paymentMethods.map({ "the payment method \($0)" })
            {
                if let other = claimed.updateValue(gateway, forKey: claim) {
                    throw Failure(
                        .configInvalid, "\(claim) is read by “\(other.name)” already.", at: gateway.location,
                        advice: "Keep it in one of the two files.")
                }
            }
        }
        for (index, profile) in settlements.enumerated() {
            guard
                let other = settlements[..<index].first(where: { $0.channel == profile.channel }),
                other.counterparty != profile.counterparty || other.terms != profile.terms
            else { continue }
            throw Failure(
                .configInvalid,
                "“\(profile.name)” and “\(other.name)” are of the channel \(profile.channel), and say different terms.",
                at: profile.location,
                advice: "Make counterparty, \(SettlementTerms.keys.joined(separator: ", ")) equal.")
        }
        self.gateways = gateways
        self.settlements = settlements
        self.taxes = taxes
        self.holidays = holidays
        self.rates = rates
    }

    /// The profile of a statement.
    /// - Throws: `settlement.unknown`, with the nearest name.
    package func settlement(_ name: String) throws(Failure) -> SettlementProfile {
        guard let profile = settlements.first(where: { $0.name == name }) else {
            let names = settlements.map(\.name)
            throw Failure(
                .settlementUnknown,
                "“\(name)” isn't a statement; config/settlements has \(names.joined(separator: ", ")).",
                advice: NearestName.advice(for: name, among: names))
        }
        return profile
    }

    private static func optional(_ file: String) throws(Failure) -> YAMLNode? {
        FileManager.default.fileExists(atPath: file) ? try YAMLNode.parse(file: file) : nil
    }

    private static func files(_ folder: String) throws(Failure) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw Failure(
                .configUnreadable, "The folder can't be read.", at: .file(folder),
                advice: "Run `mainspring init` in the home, or put the folder back.")
        }
        return names.filter { $0.hasSuffix(".yml") }.sorted().map { "\(folder)/\($0)" }
    }
}
