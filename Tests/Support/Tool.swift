import Foundation

/// A program of the machine's, run to its end.
package enum Tool {
    /// What it printed.
    /// - Throws: an error with what it said, when it can't be run or ends with anything but 0.
    @discardableResult package static func run(_ name: String, _ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // What it says of an error is short; what it prints may be more than a pipe holds.
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unusable(program: name, said: said) }
        return bytes
    }

    /// The program was not there, or refused.
    package struct Unusable: Error, CustomStringConvertible {
        package let program: String
        package let said: String

        package var description: String { "\(program) failed: \(said)" }
    }
}
