import CMiniZip
import Foundation
import FoundationXML
import Testing

/// A workbook read back by other means than those that wrote it: minizip and an XML parser.
struct OpenedWorkbook {
    struct Cell: Equatable {
        /// `inlineStr`, `b`, `str`, `n`.
        var type: String
        var value: String
        var formula: String?
        var style: Int
    }

    let parts: [String: String]
    let names: [String]

    init(_ path: String) throws {
        let archive = try #require(unzOpen64(path))
        defer { unzClose(archive) }
        var parts: [String: String] = [:]
        var names: [String] = []
        var result = unzGoToFirstFile(archive)
        while result == UNZ_OK {
            var info = unz_file_info64()
            var name = [CChar](repeating: 0, count: 256)
            #expect(unzGetCurrentFileInfo64(archive, &info, &name, 255, nil, 0, nil, 0) == UNZ_OK)
            #expect(unzOpenCurrentFile(archive) == UNZ_OK)
            var bytes = [UInt8](repeating: 0, count: Int(info.uncompressed_size))
            var count = 0
            while count < bytes.count {
                let room = UInt32(bytes.count - count)
                let got = bytes.withUnsafeMutableBytes { buffer in
                    buffer.baseAddress.map { unzReadCurrentFile(archive, $0 + count, room) } ?? -1
                }
                try #require(got > 0)
                count += Int(got)
            }
            #expect(unzCloseCurrentFile(archive) == UNZ_OK)
            let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            names.append(text)
            parts[text] = String(decoding: bytes, as: UTF8.self)
            result = unzGoToNextFile(archive)
        }
        self.parts = parts
        self.names = names
    }

    /// The sheets' names, in order.
    func sheetNames() throws -> [String] {
        try elements("xl/workbook.xml").filter { $0.name == "sheet" }.map { try #require($0.attributes["name"]) }
    }

    /// The cells of the sheet at `number`, which counts from 1.
    func cells(_ number: Int) throws -> [String: Cell] {
        let part = try #require(parts["xl/worksheets/sheet\(number).xml"])
        let collector = CellCollector()
        try parse(part, collector)
        return collector.cells
    }

    /// All start tags of a part.
    func elements(_ part: String) throws -> [Element] {
        let collector = ElementCollector()
        try parse(try #require(parts[part]), collector)
        return collector.elements
    }

    struct Element {
        var name: String
        var attributes: [String: String]
    }

    /// The number format of a style.
    func pattern(_ style: Int) throws -> String {
        let styles = try elements("xl/styles.xml")
        var codes: [String: String] = ["0": "General", "1": "0", "2": "0.00", "3": "#,##0", "10": "0.00%"]
        for element in styles where element.name == "numFmt" {
            let id = try #require(element.attributes["numFmtId"])
            codes[id] = element.attributes["formatCode"]
        }
        let cellFormats = try #require(styles.firstIndex { $0.name == "cellXfs" })
        let formats = styles[(cellFormats + 1)...].filter { $0.name == "xf" }
        let id = try #require(formats[style].attributes["numFmtId"])
        return try #require(codes[id], "number format \(id)")
    }

    private func parse(_ xml: String, _ delegate: any XMLParserDelegate) throws {
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = delegate
        try #require(parser.parse(), "no well-formed XML: \(String(describing: parser.parserError))")
    }
}

private final class ElementCollector: NSObject, XMLParserDelegate {
    var elements: [OpenedWorkbook.Element] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(.init(name: name, attributes: attributes))
    }
}

private final class CellCollector: NSObject, XMLParserDelegate {
    var cells: [String: OpenedWorkbook.Cell] = [:]
    private var reference = ""
    private var cell = OpenedWorkbook.Cell(type: "n", value: "", formula: nil, style: 0)
    private var text = ""

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if name == "c" {
            reference = attributes["r"] ?? ""
            cell = .init(
                type: attributes["t"] ?? "n", value: "", formula: nil, style: Int(attributes["s"] ?? "0") ?? 0)
        }
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        switch name {
        case "v", "t": cell.value = text
        case "f": cell.formula = text
        case "c": cells[reference] = cell
        default: break
        }
    }
}
