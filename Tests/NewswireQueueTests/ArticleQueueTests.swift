import Foundation
import NewswireQueue
import Testing
import Values

@testable import Queue

@Suite("Queue for Swift programs", .timeLimit(.minutes(1)))
struct ArticleQueueTests {
  /// A queue with a producer that is newswire's own.
  private final class World {
    let path = NSTemporaryDirectory() + "newswire-consumer-" + UUID().uuidString
    let spool: Spool
    private var last: ElementName?

    init() throws { spool = try Spool(path: path, anyFileSystem: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func put(_ title: String) throws {
      let name = ElementName(now: .now(), after: last)
      last = name
      try spool.stage(title, QueueElement(article: Array("{\"title\":\"\(title)\"}".utf8)).bytes)
      _ = try spool.publish(title, as: name)
    }

    var elements: Int { get throws { try QueueReader(path: path).list().count } }
  }

  private func title(_ article: QueuedArticle) -> String { String(decoding: article.json, as: UTF8.self) }

  @Test("articles come in their order and leave the queue when they are acknowledged")
  func order() async throws {
    let world = try World()
    for number in 1...3 { try world.put("story-\(number)") }
    let queue = try ArticleQueue(path: world.path)
    var seen: [String] = []
    for try await article in queue.articles {
      seen.append(title(article))
      try await article.acknowledge()
      if seen.count == 3 { break }
    }
    #expect(seen == ["story-1", "story-2", "story-3"].map { "{\"title\":\"\($0)\"}" })
    #expect(try world.elements == 0)
  }

  @Test("what is released comes again, and what is held does not")
  func release() async throws {
    let world = try World()
    try world.put("story")
    let queue = try ArticleQueue(path: world.path)
    let first = try #require(try await queue.next())
    #expect(try await queue.next() == nil)
    try await first.release()
    let again = try #require(try await queue.next())
    #expect(again.name == first.name)
    try await again.setAside()
    #expect(try await queue.next() == nil)
    #expect(try world.elements == 0)
  }

  @Test("a waiting program hears of an article that comes later")
  func waits() async throws {
    let world = try World()
    let queue = try ArticleQueue(path: world.path)
    let waiting = Task {
      for try await article in queue.articles { return title(article) }
      return "nothing"
    }
    try await Task.sleep(for: .milliseconds(300))
    try world.put("late")
    #expect(try await waiting.value == "{\"title\":\"late\"}")
  }

  @Test("a cancelled task ends the sequence")
  func cancellation() async throws {
    let world = try World()
    let queue = try ArticleQueue(path: world.path)
    let waiting = Task {
      for try await _ in queue.articles { return false }
      return true
    }
    try await Task.sleep(for: .milliseconds(100))
    waiting.cancel()
    #expect(try await waiting.value)
  }

  @Test("what a dead program holds is free again, and empty folders go")
  func purges() async throws {
    let world = try World()
    try world.put("held")
    let dead = try QueueReader(path: world.path)
    let claim = try #require(try dead.claimNext())
    let long = Date(timeIntervalSinceNow: -660)
    try FileManager.default.setAttributes([.modificationDate: long], ofItemAtPath: world.path + "/" + claim.path)
    let empty = world.path + "/00000000"
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
    #expect(try await ArticleQueue(path: world.path).next()?.name == claim.path)
    #expect(!FileManager.default.fileExists(atPath: empty))
  }

  @Test("a damaged element is passed over and set aside")
  func damaged() async throws {
    let world = try World()
    try world.put("broken")
    try world.put("sound")
    let name = try #require(try QueueReader(path: world.path).list().first).path
    try Data("{}\n#sha256=00\n".utf8).write(to: URL(filePath: world.path + "/" + name))
    let article = try #require(try await ArticleQueue(path: world.path).next())
    #expect(title(article).contains("sound"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: world.path + "/bad").count == 1)
  }

  @Test("an element that cannot be claimed is passed over and told of once")
  func unclaimable() async throws {
    let world = try World()
    try world.put("story")
    let name = try #require(try QueueReader(path: world.path).list().first).path
    // What has an element's name and is a directory: nobody may link it, root neither.
    let stray = String(name.dropLast(6)) + "000000"
    try FileManager.default.createDirectory(atPath: world.path + "/" + stray, withIntermediateDirectories: false)
    let queue = try ArticleQueue(path: world.path)
    let article = try #require(try await queue.next())
    #expect(article.name == name)
    try await article.acknowledge()
    #expect(try await queue.next() == nil)
    let told = await queue.passedOver()
    #expect(told.count == 1 && told[0].description.contains(stray) && told[0].exitStatus == 77)
    #expect(await queue.passedOver().isEmpty)
  }

  @Test("no queue is an error that names the place")
  func missing() {
    let error = #expect(throws: QueueProblem.self) { try ArticleQueue(path: "/nonexistent/queue") }
    #expect(error?.description.contains("/nonexistent/queue") == true)
  }
}
