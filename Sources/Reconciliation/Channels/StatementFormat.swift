import Configuration
import Diagnostics

/// How the file is written.
struct StatementFormat: Sendable, Equatable {
    var delimiter: UInt8 = UInt8(ascii: ",")
    var quote: UInt8 = UInt8(ascii: "\"")
    var encoding = "utf-8"
    /// Whether amounts are written 1250,00.
    var decimalComma = false
    /// How many rows stand before the header, empty lines not counted.
    var preamble = 0

    init(_ node: YAMLNode?) throws(Failure) {
        guard let node else { return }
        let keys = try node.mapping(allowed: ["delimiter", "quote", "encoding", "decimal", "preamble"])
        if let node = keys.optional("delimiter") { delimiter = try Self.sign(node) }
        if let node = keys.optional("quote") { quote = try Self.sign(node) }
        if let node = keys.optional("encoding") {
            encoding = try node.name(among: ["utf-8", "windows-1252", "utf-16"])
        }
        decimalComma = try keys.name("decimal", among: ["point", "comma"], otherwise: "point") == "comma"
        if let node = keys.optional("preamble") {
            preamble = try node.integer()
            guard (0...100).contains(preamble) else {
                throw Failure(.configInvalid, "A file has 0 to 100 rows before its header.", at: node.location)
            }
        }
    }

    private static func sign(_ node: YAMLNode) throws(Failure) -> UInt8 {
        let text = try node.string()
        let signs = Array((text == "tab" ? "\t" : text).utf8)
        guard signs.count == 1, signs[0] < 0x80, signs[0] != 0x0A, signs[0] != 0x0D else {
            throw Failure(
                .configInvalid, "“\(text)” isn't one sign.", at: node.location, advice: "Write one ASCII sign, or tab.")
        }
        return signs[0]
    }
}
