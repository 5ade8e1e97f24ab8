import CLibPQ
import Glibc

/// The making of a connection.
enum Connecting {
    /// Seconds that a connection may take, unless the target or PGCONNECT_TIMEOUT says otherwise.
    static let defaultTimeoutSeconds = 10

    /// An open `PGconn` that the caller owns.
    static func open(_ target: ConnectionTarget) throws(PostgresError) -> OpaquePointer {
        var parameters = target.parameters
        if parameters["application_name"] == nil { parameters["fallback_application_name"] = "mainspring" }
        let timeout = Int(parameters["connect_timeout"] ?? environment("PGCONNECT_TIMEOUT") ?? "")
        let seconds = timeout ?? defaultTimeoutSeconds
        parameters["connect_timeout"] = String(seconds)
        parameters["client_encoding"] = "UTF8"
        // Several hosts: libpq's own loop tries them in turn, each with the timeout.
        let several = (parameters["host"] ?? parameters["hostaddr"])?.contains(",") == true
        let handle = withKeywords(parameters) { keywords, values in
            several ? PQconnectdbParams(keywords, values, 0) : PQconnectStartParams(keywords, values, 0)
        }
        guard let handle else { throw PostgresError(.cannotConnect, "out of memory", whileConnecting: true) }
        if !several, PQstatus(handle) != CONNECTION_BAD {
            // Verbose, because the SQLSTATE of a refused login stands nowhere but in the text.
            PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
            if !poll(handle, seconds: seconds) {
                PQfinish(handle)
                throw PostgresError(
                    .cannotConnect, "no answer from \(target) within \(seconds) s", whileConnecting: true)
            }
            PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            throw refusal(handle, target)
        }
        return handle
    }

    /// False when the time was up.
    private static func poll(_ handle: OpaquePointer, seconds: Int) -> Bool {
        let start = ContinuousClock.now
        while true {
            let state = PQconnectPoll(handle)
            guard state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING else { return true }
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            // libpq reads 0 and less as “wait for ever”.
            var milliseconds: Int32 = -1
            if seconds > 0 {
                let left = Duration.seconds(seconds) - (ContinuousClock.now - start)
                guard left > .zero else { return false }
                milliseconds = Int32(left / .milliseconds(1)) + 1
            }
            _ = Glibc.poll(&descriptor, 1, milliseconds)
        }
    }

    private static func refusal(_ handle: OpaquePointer, _ target: ConnectionTarget) -> PostgresError {
        let lines = String(cString: PQerrorMessage(handle)).split(separator: "\n")
        var text = lines.filter { !$0.hasPrefix("LOCATION:") }.joined(separator: " ")
        var state = SQLState.cannotConnect
        // `FATAL:  28P01: password authentication failed for user "x"`; FATAL may be translated, the code is not.
        if let match = text.firstMatch(of: /:\s+([0-9][0-9A-Z]{4}|XX[0-9]{3}):\s/) {
            state = SQLState(rawValue: String(match.1))
            text.replaceSubrange(match.range, with: ": ")
        } else if PQconnectionNeedsPassword(handle) == 1 {
            state = .invalidPassword
        }
        return PostgresError(state, "cannot connect to \(target): \(text)", whileConnecting: true)
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func withKeywords<T>(
        _ parameters: [String: String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> T
    ) -> T {
        var keywords: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        for (keyword, value) in parameters {
            keywords.append(UnsafePointer(strdup(keyword)))
            values.append(UnsafePointer(strdup(value)))
        }
        defer { for pointer in keywords + values { free(UnsafeMutableRawPointer(mutating: pointer)) } }
        return body(keywords + [nil], values + [nil])
    }
}
