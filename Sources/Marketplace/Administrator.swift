import Diagnostics
package import Postgres

/// An administrator who was looked up and may act.
package struct Administrator: Sendable, Equatable {
    /// What an administrator may do (schema document, section 2.4).
    package enum AccessLevel: String, Sendable {
        case standard = "STANDARD"
        case `super` = "SUPER"
    }

    package let id: Int64
    package let accessLevel: AccessLevel

    /// Looks an administrator up, before anything is done in his name.
    ///
    /// - Throws: `admin.unknown` when there is none with this id, or the account was deactivated or is no ADMIN's.
    package static func find(_ id: Int64, on connection: Connection) throws -> Administrator {
        guard Int32(exactly: id) != nil,
            let row = try connection.query(try sql("administrator").bind(["admin_id": .int(id)])).first
        else {
            throw Failure(
                .adminUnknown, "There is no administrator \(id).",
                advice: "Give the admin_id of a row of administrators, not a user_id.")
        }
        guard try row.bool("may_act") else {
            throw Failure(
                .adminUnknown, "Administrator \(id) may not act: the account is deactivated or no longer an ADMIN's.")
        }
        let level = try row.text("access_level")
        guard let accessLevel = AccessLevel(rawValue: level) else {
            throw Failure(.internalError, "Administrator \(id) has the access level \(level).")
        }
        return Administrator(id: id, accessLevel: accessLevel)
    }

    /// Writes the row of the audit trail, in the caller's transaction, which holds the action itself.
    ///
    /// - Parameter moment: when it happened, ISO with an offset (`2026-06-30T19:00:00Z`): rows take no moment of their
    ///   own from the server.
    /// - Returns: the `log_id`.
    @discardableResult
    package func record(_ action: AdminAction, at moment: String, on connection: Connection) throws -> Int64 {
        let rows = try connection.query(
            try Self.sql("record").bind([
                "admin_id": .int(id), "action_type": .text(action.type), "entity_type": .text(action.entityType),
                "entity_id": .optional(action.entityID), "description": .optional(action.description),
                "ip_address": .optional(action.ipAddress), "user_agent": .optional(action.userAgent),
                "at": .timestamptz(moment),
            ]))
        guard let row = rows.first else {
            throw Failure(.internalError, "The audit trail gave no log_id.")
        }
        return try row.int64("log_id")
    }

    private static func sql(_ name: String) throws -> SQLTemplate {
        try SQLLibrary(embedded: PackageResources.admin_activity_sql, source: "admin_activity.sql")[name]
    }
}
