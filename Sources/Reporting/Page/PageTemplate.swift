import Diagnostics
import Mustache

/// The templates of `Templates/`, with the pieces that they share.
enum PageTemplate {
    case page
    case index

    /// Fills the template; what is text in the content is escaped.
    func render(_ content: Any) throws(Failure) -> String {
        do {
            let library = MustacheLibrary(templates: [
                "style": try Self.read(PackageResources.style_css),
                "table": try Self.read(PackageResources.table_mustache),
            ])
            return try Self.read(source).render(content, library: library)
        } catch { throw Failure(.internalError, "The page's template can't be filled: \(error).") }
    }

    private var source: [UInt8] {
        switch self {
        case .page: PackageResources.page_mustache
        case .index: PackageResources.index_mustache
        }
    }

    private static func read(_ bytes: [UInt8]) throws -> MustacheTemplate {
        try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
    }
}
