import Diagnostics
import Money

/// Adds up, exactly and per currency, the columns of a table that have a total, while its rows pass by.
struct TableSums {
    /// Indexes of the columns that are added up: money, and whatever else has a sum below it.
    let summed: [Int]
    /// Indexes of the columns whose filled cells are counted.
    let counted: [Int]
    let currencyColumn: Int?
    private let columns: [Column]
    private let defaultCurrency: String
    /// Currencies in the order of their first row, packed into 8 bytes so that finding one is an integer comparison.
    private var keys: [UInt64] = []
    private(set) var codes: [String] = []
    /// `keys.count` × `summed.count`, and how many numbers went into each.
    private var sums: [ExactSum] = []
    private var addends: [Int] = []
    /// `keys.count` × `counted.count`.
    private var counts: [Int] = []
    private var current = 0

    init(columns: [Column], defaultCurrency: String?) {
        self.columns = columns
        self.defaultCurrency = defaultCurrency ?? ""
        currencyColumn = columns.firstIndex(where: \.isCurrency)
        summed = columns.indices.filter { columns[$0].kind == .money || columns[$0].total == .sum }
        counted = columns.indices.filter { columns[$0].total == .count }
    }

    /// The slots of the currencies seen, in the alphabetical order of their codes.
    var slots: [Int] { codes.indices.sorted { codes[$0] < codes[$1] } }

    /// The sum of the column at `summed[position]` in a currency; nil when there was no number.
    func sum(slot: Int, position: Int) -> ExactSum? {
        let index = slot * summed.count + position
        return addends[index] == 0 ? nil : sums[index]
    }

    /// The filled cells of the column at `counted[position]` in rows of a currency.
    func count(slot: Int, position: Int) -> Int { counts[slot * counted.count + position] }

    /// Adds a row and answers the slot of its currency, or 0 where nothing is added up. `row` counts from 1 and is
    /// named in the error.
    @discardableResult
    mutating func add(_ fields: UnsafeBufferPointer<FieldBytes?>, row: Int) throws(Failure) -> Int {
        guard !summed.isEmpty || !counted.isEmpty else { return 0 }
        let slot = try slot(of: fields, row: row)
        for position in summed.indices {
            guard let field = fields[summed[position]] else { continue }
            let index = slot * summed.count + position
            guard let number = ExactDecimal(field) else { throw noNumber(field, summed[position], row) }
            guard sums[index].add(number) else {
                throw Failure(
                    .moneyOverflow, "The sum of column \(columns[summed[position]].name) has more than 38 digits.")
            }
            addends[index] += 1
        }
        for position in counted.indices where fields[counted[position]].map({ !$0.isEmpty }) ?? false {
            counts[slot * counted.count + position] += 1
        }
        return slot
    }

    /// The sums of the money columns.
    func table(rows: Int) -> WrittenTable {
        let money = summed.indices.filter { columns[summed[$0]].kind == .money }
        return WrittenTable(
            rows: rows,
            sums: money.map { position in
                let column = columns[summed[position]]
                var byCurrency: [String: String] = [:]
                for slot in slots {
                    if let sum = sum(slot: slot, position: position) { byCurrency[codes[slot]] = sum.description }
                }
                return .init(column: column.name, isTotalled: column.total == .sum, byCurrency: byCurrency)
            })
    }

    private mutating func slot(of fields: UnsafeBufferPointer<FieldBytes?>, row: Int) throws(Failure) -> Int {
        var key: UInt64 = 0
        let field = currencyColumn.flatMap { fields[$0] }
        if let field {
            guard field.count <= 8 else {
                throw Failure(
                    .currencyUnsupported, "The currency of row \(row) is “\(excerpt(field))”, which is no code.")
            }
            for byte in field { key = key << 8 | UInt64(byte) }
        }
        if current < keys.count, keys[current] == key { return current }
        if let known = keys.firstIndex(of: key) {
            current = known
            return known
        }
        keys.append(key)
        // A row whose currency is NULL is in no currency: the default is for tables that have no such column.
        codes.append(currencyColumn == nil ? defaultCurrency : field.map { String(decoding: $0, as: UTF8.self) } ?? "")
        sums.append(contentsOf: repeatElement(ExactSum(), count: summed.count))
        addends.append(contentsOf: repeatElement(0, count: summed.count))
        counts.append(contentsOf: repeatElement(0, count: counted.count))
        current = keys.count - 1
        return current
    }

    private func noNumber(_ field: FieldBytes, _ column: Int, _ row: Int) -> Failure {
        Failure(
            .moneyInvalid,
            "Column \(columns[column].name) of row \(row) holds “\(excerpt(field))”, which is no number.",
            advice: "Make the column's kind text, or cast it in the SELECT.")
    }
}

/// The beginning of a field, for an error message.
func excerpt(_ field: FieldBytes) -> String { String(decoding: field.prefix(40), as: UTF8.self) }
