import Money

/// What PostgreSQL prints, as the numbers that cells hold. Nil means that the cell shows the text instead.
enum CellValue {
    /// A number that a Double holds without losing a digit: up to 15 of them. Longer ones (a large id) stay text,
    /// because Excel would show zeros for the rest.
    static func number(_ field: FieldBytes) -> Double? {
        guard let decimal = ExactDecimal(field) else { return nil }
        return number(decimal)
    }

    static func number(_ decimal: ExactDecimal) -> Double? {
        guard decimal.units.magnitude < 1_000_000_000_000_000, decimal.scale <= 22 else { return nil }
        // From Int64, which converts in one instruction.
        return Double(Int64(truncatingIfNeeded: decimal.units)) / powersOfTen[decimal.scale]
    }

    /// The nearest Double to a decimal of any length: for totals, whose exact value stands in the manifest.
    static func approximately(_ decimal: ExactDecimal) -> Double {
        // Both are exact below 2^53 and 10^22, so the division rounds once, to the nearest.
        guard decimal.scale < powersOfTen.count else { return 0 }
        return Double(decimal.units) / powersOfTen[decimal.scale]
    }

    private static let powersOfTen: [Double] = (0...38).map { exponent in
        (0..<exponent).reduce(1.0) { result, _ in result * 10 }
    }

    /// Excel's day number of `2026-06-30`. Days before 1900-03-01 differ between spreadsheets: nil.
    static func day(_ field: FieldBytes) -> Double? {
        guard field.count == 10, let date = date(field) else { return nil }
        return serial(date)
    }

    /// Excel's day number with the time as a fraction: of `2026-06-30 19:00:00`, also with a fraction of a second and
    /// a zone behind it. The wall clock counts.
    static func moment(_ field: FieldBytes) -> Double? {
        guard field.count >= 19, field[10] == UInt8(ascii: " ") || field[10] == UInt8(ascii: "T"),
            let date = date(FieldBytes(rebasing: field[..<10])), let day = serial(date),
            field[13] == UInt8(ascii: ":"), field[16] == UInt8(ascii: ":"),
            let hour = digits(field, 11), let minute = digits(field, 14), let second = digits(field, 17),
            hour <= 24, minute < 60, second <= 60
        else { return nil }
        return day + Double(hour * 3600 + minute * 60 + second) / 86_400
    }

    private static func date(_ field: FieldBytes) -> BusinessDate? {
        guard field[4] == UInt8(ascii: "-"), field[7] == UInt8(ascii: "-"), let century = digits(field, 0),
            let year = digits(field, 2), let month = digits(field, 5), let day = digits(field, 8)
        else { return nil }
        return try? BusinessDate(year: century * 100 + year, month: month, day: day)
    }

    private static func serial(_ date: BusinessDate) -> Double? {
        // 1970-01-01 is day 25,569; 61 is 1900-03-01, behind the 29 February 1900 that Excel believes in.
        let serial = date.dayNumber + 25_569
        return serial >= 61 ? Double(serial) : nil
    }

    private static func digits(_ field: FieldBytes, _ index: Int) -> Int? {
        let (tens, ones) = (field[index] &- UInt8(ascii: "0"), field[index + 1] &- UInt8(ascii: "0"))
        return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
    }
}
