// article-bench: how fast the extractor reads pages.
//
// article-bench pages SECONDS LIST [PLUGINS] the pages of a list ("path<TAB>url" a line), all fields, by the plugins of
//                                                a folder or without; prints "pages seconds peak-kilobytes"
// article-bench parse SECONDS LIST the same, the tree alone article-bench items 0 LIST [PLUGINS] each page's item,
// {"page": third column of the list, "item": {…}} a line article-bench scale FILE one page once, twice, four times …
// its copy beside copy: "bytes seconds"
import Articles
import Extraction
import Glibc
import Manifest
import Markup
import Values

struct Page {
  var bytes: [UInt8]
  var url: WebURL
  var name: String
}

func die(_ message: String) -> Never {
  _ = (message + "\n").withCString { write(2, $0, strlen($0)) }
  exit(64)
}

func read(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else { die("cannot read \(path)") }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}

func pages(_ list: String) -> [Page] {
  String(decoding: read(list), as: UTF8.self).split(separator: "\n").map { line in
    let parts = line.split(separator: "\t")
    guard parts.count > 1, let url = WebURL(String(parts[1])) else { die("\(list): a line is path<TAB>url: \(line)") }
    return Page(bytes: read(String(parts[0])), url: url, name: String(parts.last ?? ""))
  }
}

/// Seconds of processor time.
func processorTime() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

func peak() -> Int {
  var usage = rusage()
  getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss
}

/// The best round of those that fit into a time, at least one.
func best(_ seconds: Double, _ round: () -> Void) -> Double {
  let start = processorTime()
  var best = Double.infinity
  repeat {
    let begin = processorTime()
    round()
    best = min(best, processorTime() - begin)
  } while processorTime() - start + best < seconds
  return best
}

func item(_ page: Page, _ extractor: PageExtractor) -> JSON {
  do {
    let article = try extractor.extract(page.bytes, url: page.url).article
    let facts = PublisherFacts(id: "x", name: article.publisher ?? page.url.host, url: page.url.origin + "/")
    let edition = Edition(
      article: article, publisher: facts, uri: "urn:newswire:x:1", version: 1, firstSeen: Timestamp(seconds: 0))
    return ["page": .string(page.name), "item": edition.ninjs]
  } catch {
    return ["page": .string(page.name), "error": .string("\(error)")]
  }
}

let arguments = CommandLine.arguments
guard arguments.count > 2 else { die("usage: article-bench pages|items|parse SECONDS LIST [PLUGINS] | scale FILE") }
switch arguments[1] {
case "pages":
  guard arguments.count > 3 else { die("usage: article-bench pages SECONDS LIST [PLUGINS]") }
  let all = pages(arguments[3])
  let catalogue = arguments.count > 4 ? Catalogue(folders: [arguments[4]]) : Catalogue()
  var extractors: [String: PageExtractor] = [:]
  let work = all.map { page -> (Page, PageExtractor) in
    let manifest = catalogue.manifest(forHost: page.url.host)
    let id = manifest?.publisher.id ?? ""
    let extractor = extractors[id] ?? PageExtractor(manifest: manifest)
    extractors[id] = extractor
    return (page, extractor)
  }
  var characters = 0
  let took = best(Double(arguments[2]) ?? 1) {
    characters = 0
    for (page, extractor) in work {
      if let found = try? extractor.extract(page.bytes, url: page.url) {
        characters += found.article.bodyText.utf8.count
      }
    }
  }
  print(all.count, took, peak(), characters, separator: "\t")
case "items":
  guard arguments.count > 3 else { die("usage: article-bench items 0 LIST [PLUGINS]") }
  let catalogue = arguments.count > 4 ? Catalogue(folders: [arguments[4]]) : Catalogue()
  for page in pages(arguments[3]) {
    print(item(page, PageExtractor(manifest: catalogue.manifest(forHost: page.url.host))).text())
  }
case "parse":
  guard arguments.count > 3 else { die("usage: article-bench parse SECONDS LIST") }
  let all = pages(arguments[3])
  let took = best(Double(arguments[2]) ?? 1) {
    for page in all { _ = try? Document(html: page.bytes) }
  }
  print(all.count, took, peak(), 0, separator: "\t")
case "scale":
  let bytes = read(arguments[2])
  guard let url = WebURL("https://www.example.org/news/a-page") else { die("the address is a constant") }
  let extractor = PageExtractor(manifest: nil)
  for count in [1, 2, 4, 8, 16] {
    var page: [UInt8] = []
    for _ in 0..<count { page += bytes }
    guard page.count < Document.standardLimit else { break }
    let took = best(0.5) { _ = try? extractor.extract(page, url: url) }
    print(page.count, took, separator: "\t")
  }
default: die("article-bench: unknown verb \(arguments[1])")
}
