/// What an administrator did, as the audit trail keeps it (schema document, section 11.2).
package struct AdminAction: Sendable, Equatable {
    /// `RECOMPUTE_METRICS`, `APPROVE_PRODUCT` …; at most 50 characters.
    package var type: String
    /// `STORE`, `PRODUCT`, `USER` …; at most 50 characters.
    package var entityType: String
    /// The one row that it was about, or nil where it was about many.
    package var entityID: Int64?
    /// In words: what changed, from what to what.
    package var description: String?
    /// Where the administrator came from, where that is known: not on a command line.
    package var ipAddress: String?
    package var userAgent: String?

    package init(
        _ type: String, entityType: String, entityID: Int64? = nil, description: String? = nil,
        ipAddress: String? = nil, userAgent: String? = nil
    ) {
        self.type = type
        self.entityType = entityType
        self.entityID = entityID
        self.description = description
        self.ipAddress = ipAddress
        self.userAgent = userAgent
    }
}
