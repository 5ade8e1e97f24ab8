package import Configuration
package import Reporting
package import Tabular

extension TextFiles {
    /// As the settings say, but for what a command asks.
    package init(_ settings: TextSettings, profile: CSVProfile? = nil, compression: Compression? = nil) {
        let profile = profile ?? (settings.profile == .machine ? .machine : .spreadsheet)
        self.init(
            csv: CSVWriterOptions(
                profile: profile, lineEnding: settings.lineEnding == .crlf ? .crlf : .lf,
                // Excel takes a file without it for one in the machine's old code page.
                byteOrderMark: profile == .spreadsheet, nullText: settings.nullText),
            compression: compression ?? Compression(rawValue: settings.compression.rawValue))
    }
}
