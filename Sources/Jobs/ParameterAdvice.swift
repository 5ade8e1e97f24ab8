import Configuration

/// What to write instead of a parameter that isn't there.
enum ParameterAdvice {
    /// The nearest name, else all of them.
    static func nearest(_ name: String, _ names: [String]) -> String {
        if let nearest = NearestName.advice(for: name, among: names) { return nearest }
        return names.isEmpty ? "It takes none." : "It takes \(names.joined(separator: ", "))."
    }
}
