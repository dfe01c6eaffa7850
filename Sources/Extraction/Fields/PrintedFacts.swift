import Articles
import Manifest
import Values

/// When an article was published and who wrote it as the whole page says, for pages whose data state neither: what a
/// plugin takes out of a page before it is read, so that it does not land in the text, may be the very box that holds
/// them.
struct PrintedFacts {
  let published: Timestamp?
  let authors: [Author]

  /// Nothing.
  init() { (published, authors) = (nil, []) }

  /// Read for fields that have rules, which may find nothing in a layout they do not know. Of a field without, what is
  /// taken out was meant to be gone.
  init(_ fields: GenericFields, before rules: CompiledRules?) {
    func isAsked(_ field: ArticleRules.Field) -> Bool {
      rules.map { !$0.remove.isEmpty && $0.fields[field]?.isEmpty == false } ?? false
    }
    published = isAsked(.published) && fields.statedPublished() == nil ? fields.published() : nil
    let isAuthorAsked = isAsked(.authors) || isAsked(.byline)
    authors = isAuthorAsked && fields.statedAuthors().allSatisfy(fields.isHouse) ? fields.authors() : []
  }
}
