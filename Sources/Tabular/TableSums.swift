import Diagnostics
import Money

/// Adds up, exactly and per currency, the columns of a table that have a sum, while its rows pass by.
struct TableSums {
    /// Indexes of the columns that are added up.
    let summed: [Int]
    private let columns: [Column]
    private let currencyColumn: Int?
    private let defaultCurrency: String
    /// Currencies in the order of their first row, packed into 8 bytes so that finding one is an integer comparison.
    private var keys: [UInt64] = []
    private var codes: [String] = []
    /// `keys.count` × `summed.count`.
    private var sums: [ExactSum] = []
    private var current = 0

    init(columns: [Column], defaultCurrency: String?) {
        self.columns = columns
        self.defaultCurrency = defaultCurrency ?? ""
        currencyColumn = columns.firstIndex(where: \.isCurrency)
        summed = columns.indices.filter { columns[$0].kind == .money || columns[$0].total == .sum }
    }

    /// Currencies seen, in alphabetical order, each with the index of its sums.
    var currencies: [(code: String, slot: Int)] {
        codes.enumerated().map { ($0.element, $0.offset) }.sorted { $0.0 < $1.0 }
    }

    /// The sum of the column at `summed[position]` in a currency.
    func sum(slot: Int, position: Int) -> ExactSum { sums[slot * summed.count + position] }

    /// Adds a row; `row` counts from 1 and is named in the error.
    mutating func add(_ fields: UnsafeBufferPointer<FieldBytes?>, row: Int) throws(Failure) {
        guard !summed.isEmpty else { return }
        let slot = try slot(of: fields, row: row)
        for position in summed.indices {
            let column = summed[position]
            guard let field = fields[column] else { continue }
            guard let number = ExactDecimal(field) else {
                throw Failure(
                    .moneyInvalid,
                    "Column \(columns[column].name) of row \(row) holds “\(excerpt(field))”, which is no number.",
                    advice: "Make the column's kind text, or cast it in the SELECT.")
            }
            guard sums[slot * summed.count + position].add(number) else {
                throw Failure(.moneyOverflow, "The sum of column \(columns[column].name) has more than 38 digits.")
            }
        }
    }

    /// The sums of the money columns.
    func table(rows: Int) -> WrittenTable {
        let money = summed.indices.filter { columns[summed[$0]].kind == .money }
        return WrittenTable(
            rows: rows,
            sums: money.map { position in
                let column = columns[summed[position]]
                var byCurrency: [String: String] = [:]
                for (code, slot) in currencies { byCurrency[code] = sum(slot: slot, position: position).description }
                return .init(column: column.name, isTotalled: column.total == .sum, byCurrency: byCurrency)
            })
    }

    private mutating func slot(of fields: UnsafeBufferPointer<FieldBytes?>, row: Int) throws(Failure) -> Int {
        var key: UInt64 = 0
        let field = currencyColumn.flatMap { fields[$0] }
        if let field {
            guard field.count <= 8 else {
                throw Failure(
                    .currencyUnsupported,
                    "The currency of row \(row) is “\(excerpt(field))”, which is no code.")
            }
            for byte in field { key = key << 8 | UInt64(byte) }
        }
        if current < keys.count, keys[current] == key { return current }
        if let known = keys.firstIndex(of: key) {
            current = known
            return known
        }
        let code = field.map { String(decoding: $0, as: UTF8.self) } ?? ""
        keys.append(key)
        codes.append(code.isEmpty ? defaultCurrency : code)
        sums.append(contentsOf: repeatElement(ExactSum(), count: summed.count))
        current = keys.count - 1
        return current
    }
}

/// The beginning of a field, for an error message.
func excerpt(_ field: FieldBytes) -> String { String(decoding: field.prefix(40), as: UTF8.self) }
