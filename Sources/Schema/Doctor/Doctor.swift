import Diagnostics
package import Postgres

/// Grades a live database, one that Django migrated too, against the schema document.
package enum Doctor {
    /// What the database lacks or has otherwise, gravest rules first in the order in which they can be mended.
    ///
    /// Reads only; any login that may connect may ask. Things that are there beyond what is expected are no finding,
    /// except a right that a role should not have.
    package static func grade(_ connection: Connection) throws -> [Finding] {
        var findings = standing(connection)
        let isMigrated = findings.isEmpty
        let live = try Catalogue.read(connection)
        guard live.entries.contains(where: { $0.relation.hasPrefix("public.") }) else { return findings }

        var expected = try Catalogue.expected()
        if !isMigrated {
            // The pipeline's part and the rights are what `mainspring migrate` is about to make.
            expected = expected.without {
                $0.relation.hasPrefix("mainspring.") || $0.kind == .grant || $0.kind == .columnGrant
            }
        }
        findings += Comparison(expected: expected, live: live).findings()
        findings += try paymentMethods(connection, live)
        return findings
    }

    private static func standing(_ connection: Connection) -> [Finding] {
        func blocked(_ what: String, _ statement: String) -> [Finding] {
            [Finding(grade: .blocks, subject: "database \(connection.database)", what: what, statement: statement)]
        }
        do {
            switch try Migrator.check(connection) {
            case .current: return []
            case .unmigrated: return blocked("It was never migrated by Mainspring.", "mainspring migrate")
            case .behind(let missing):
                return blocked("Migrations were not run yet: \(missing.joined(separator: ", ")).", "mainspring migrate")
            }
        } catch let failure as Failure {
            return blocked(failure.message, failure.advice ?? "mainspring migrate")
        } catch {
            return blocked("The journal of migrations cannot be read: \(error)", "mainspring check")
        }
    }

    private static func paymentMethods(_ connection: Connection, _ live: Catalogue) throws -> [Finding] {
        guard live.of(.column).contains(where: { $0.relation == "public.payment_methods" && $0.name == "method_name" })
        else { return [] }
        let library = try SQLLibrary(embedded: PackageResources.catalogue_sql, source: "catalogue.sql")
        let present = try connection.query(try library["payment-methods"].bind()).map { row in try row.text("name") }
        return Shop.paymentMethods.filter { !present.contains($0) }.map { method in
            Finding(
                grade: .weakens, subject: "public.payment_methods",
                what: "The payment method \(method) is missing (schema document, section 8.1).",
                statement:
                    "INSERT INTO public.payment_methods (method_name, is_active) VALUES ('\(method)', TRUE);")
        }
    }
}
