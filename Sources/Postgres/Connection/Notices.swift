import CLibPQ

/// Holds the handler that libpq's notice receiver calls; libpq keeps an unowned pointer to it as its argument.
final class NoticeBox: Sendable {
    let handler: @Sendable (String) -> Void
    init(_ handler: @escaping @Sendable (String) -> Void) { self.handler = handler }

    /// Sends every notice and warning of `connection` to `box`, or nowhere (libpq's default writes to stderr).
    static func attach(_ box: NoticeBox?, to connection: OpaquePointer) {
        let argument = box.map { UnsafeMutableRawPointer(Unmanaged.passUnretained($0).toOpaque()) }
        PQsetNoticeReceiver(
            connection,
            { argument, result in
                guard let argument, let result else { return }
                let box = Unmanaged<NoticeBox>.fromOpaque(argument).takeUnretainedValue()
                let severity = PQresultErrorField(result, Int32(Diagnostic.severity)).map { String(cString: $0) }
                let message = PQresultErrorField(result, Int32(Diagnostic.message)).map { String(cString: $0) }
                box.handler("\(severity ?? "NOTICE"): \(message ?? "")")
            }, argument)
    }
}
