import Articles
import Manifest
import Markup
import Values

/// One page and what it says of itself in data: meta elements and JSON-LD.
final class Page {
  let document: Document
  let url: WebURL
  /// What references resolve against.
  let base: WebURL
  let meta: MetaTags
  /// The JSON-LD objects but those of articles on other pages: that of this page's article first, then others that
  /// describe it.
  let objects: [JSON]
  /// The JSON-LD object that describes this page's article.
  let article: JSON?
  /// What kind of page it is; conditions of rules ask for it.
  var kind = Article.Kind.article
  private let statedArticles: StatedArticles
  private let objectsByID: [String: JSON]
  private var scripts: [Node: JSON?] = [:]
  private var files: [Node: [Rendition]] = [:]
  private var identities: [String: String] = [:]
  private var variables: [String: [JSON]] = [:]
  /// Rules that failed on this page, each once.
  private(set) var failures: [RuleFailure] = []

  init(document: Document, url: WebURL) {
    self.document = document
    self.url = url
    let declared = document.root.descendants(named: ["base"]).compactMap { $0["href"] }.first
    base = declared.flatMap { WebURL($0, relativeTo: url) } ?? url
    meta = MetaTags(document)
    let all = document.jsonLD
    var byID: [String: JSON] = [:]
    for object in all {
      if let id = object["@id"]?.string, object.object?.count ?? 0 > 1, byID[id] == nil { byID[id] = object }
    }
    objectsByID = byID
    let top = all.filter(Self.isArticle)
    let main = all.compactMap { $0["mainEntity"] }.filter(Self.isArticle)
    let stated = StatedArticles(url: url, meta: meta, document: document, areSeveral: top.count + main.count > 1)
    statedArticles = stated
    let articles = top.filter { !stated.isOfOther($0) }
    let own = stated.chosen(articles + main)
    article = own
    objects = [own].compactMap { $0 } + articles.filter { $0 != own } + all.filter { !Self.isArticle($0) }
  }

  /// Whether an object describes an article that is on another page, as lists of related ones do.
  func isElsewhere(_ object: JSON) -> Bool { Self.isArticle(object) && statedArticles.isOfOther(object) }

  /// The object itself, or the one it points to with nothing but an `@id`.
  func resolved(_ value: JSON) -> JSON {
    guard let object = value.object, object.count == 1, let id = object["@id"]?.string else { return value }
    return objectsByID[id] ?? value
  }

  /// What the page says of its pictures, folded for comparison.
  private(set) lazy var pictureTexts: Set<String> = Set(
    document.root.descendants(named: .images).flatMap { [$0["alt"], $0["title"]] }
      .compactMap { $0 }.filter { $0.characterCount > 15 }.map(Comparable.folded))

  /// Whose pictures they are by the page's data, under what stays the same of each when its size changes.
  private(set) lazy var pictureCredits: [String: String] = StatedPictures(page: self).credits()

  /// Where the page names others than the article's author.
  var others: OtherPeople {
    if let known = knownOthers { return known }
    let found = OtherPeople(headlinePlace, base: base)
    knownOthers = found
    return found
  }

  /// Where the headline is printed.
  var headlinePlace: HeadlinePlace {
    if let known = knownPlace { return known }
    let titles = [
      meta.first("og:title"), meta.first("twitter:title"), article?["headline"]?.string,
      document.root.first(of: ["title"])?.text,
    ]
    let found = HeadlinePlace(document, titles: titles.compactMap { $0.map(Entities.decoded) })
    knownPlace = found
    return found
  }

  private var knownOthers: OtherPeople?
  private var knownPlace: HeadlinePlace?

  /// To be called when elements were taken out: where things stand is counted anew.
  func elementsHaveGone() { (knownOthers, knownPlace) = (nil, nil) }

  func note(_ failure: RuleFailure) {
    if !failures.contains(failure), failures.count < 20 { failures.append(failure) }
  }

  // MARK: Pictures

  /// The files that an element offers, read once however often they are asked for.
  func renditions(of element: Node) -> [Rendition] {
    if let known = files[element] { return known }
    var found = ImageSources.renditions(of: element, base: base)
    if found.isEmpty { found = ImageSources.renditions(of: element, base: base, beside: { completeFiles }) }
    files[element] = found
    return found
  }

  /// The files of the page's pictures whose addresses have no part open.
  private lazy var completeFiles: [Rendition] = document.root.descendants(named: .images).prefix(400).flatMap {
    ImageSources.renditions(of: $0, base: base)
  }

  /// What stays the same when only the size of a picture changes.
  func identity(_ href: String) -> String {
    if let known = identities[href] { return known }
    let found = PictureIdentity.of(href)
    identities[href] = found
    return found
  }

  // MARK: Scripts

  /// The JSON inside a script, read once however many rules ask for it.
  func json(in script: Node) -> JSON? {
    if let known = scripts[script] { return known }
    let json = Document.json(inScript: script.rawText)
    scripts[script] = .some(json)
    return json
  }

  /// The JSON values that scripts assign to a name, as in `window.state = {…}` or `{"state": {…}}`.
  func values(assignedTo name: String) -> [JSON] {
    if let known = variables[name] { return known }
    let found = document.root.descendants(named: ["script"]).filter { $0["src"] == nil }.flatMap {
      Document.json(assignedTo: name, inScript: $0.rawText)
    }
    variables[name] = found
    return found
  }

  // MARK: Types

  /// The types of an object without the address of their vocabulary.
  static func types(of object: JSON) -> [String] {
    let names = object["@type"]?.string.map { [$0] } ?? object["@type"]?.array?.compactMap(\.string) ?? []
    return names.map { $0.split(whereSeparator: { $0 == "/" || $0 == ":" || $0 == "#" }).last.map(String.init) ?? $0 }
  }

  static func isArticle(_ object: JSON) -> Bool {
    types(of: object).contains(where: isArticleType)
  }

  static func isArticleType(_ type: String) -> Bool {
    type.hasSuffix("Article") || type.hasSuffix("BlogPosting") || type == "Report"
  }
}
