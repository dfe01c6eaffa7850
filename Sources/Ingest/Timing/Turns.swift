import Configuration
import Fetching
import Manifest
import Scheduling
import Store
import Values

/// What is due now: sources that are to be visited and pages that are to be fetched, each site and publisher with no
/// more than its share under way.
extension Ingester {
  /// Visits at once, those included that wait for politeness: a hundred sites that want a second between their two
  /// lists must not keep all others waiting, nor let their own pages go before their lists. While the network is down,
  /// one is tried, and the others stay due.
  var mostSources: Int { network.isSuspected ? 1 : 4 * settings.fetch.concurrency }

  func startSources(_ now: Timestamp) {
    while attending.count < mostSources, let number = heap.pop(by: now) {
      let manifest = roster.manifest(number)
      let group = group(of: number)
      // It comes back with the group's lease.
      guard isOurs(group) else { continue }
      let most = (manifest.fetch.concurrency ?? settings.fetch.groupConcurrency) + 1
      if visitsOfGroup[group, default: 0] >= most {
        // One site with a thousand sources due must not take all places from the others.
        parked[group, default: []].append(number)
      } else {
        attend(number, group: group)
      }
    }
  }

  /// Fetches a source now, outside its schedule too.
  func attend(_ number: Int) { attend(number, group: group(of: number)) }

  /// The rate group that a source's requests belong to.
  func group(of number: Int) -> String {
    let (manifest, source) = (roster.manifest(number), roster.source(number))
    let request = request(manifest, source.url, purpose: .feed, source: source)
    return fetcher.group(of: request, at: request.url)
  }

  /// How many sources of its rate group wait before a source that is due; nil when it does not wait.
  func placeInGroup(_ number: Int) -> Int? { parked[group(of: number)]?.firstIndex(of: number) }

  private func attend(_ number: Int, group: String) {
    let id = roster.source(number).id
    guard attending.insert(id).inserted else { return }
    heap.remove(number)
    visitsOfGroup[group, default: 0] += 1
    if fleet != nil { busy.begin(group) }
    Task {
      await self.visit(number, id)
      self.finished(source: id, group: group)
    }
  }

  private func finished(source id: String, group: String) {
    attending.remove(id)
    if fleet != nil { busy.end(group) }
    visitsOfGroup[group, default: 1] -= 1
    if visitsOfGroup[group] == 0 { visitsOfGroup[group] = nil }
    if let next = parked[group]?.popFirst() {
      if parked[group]?.isEmpty == true { parked[group] = nil }
      heap.set(next, due: .now())
    }
    // What is due follows at once. A turn of the loop asks the ledger for much that a visit does not need, and waits
    // for its disk; it is only wanted when something falls due before it would come by itself.
    let now = Timestamp.now()
    if !isStopping, canFetch(now) { startSources(now) }
    if isNeededBefore(wakeTime) { rouse() }
  }

  /// Pages under way at once, those included that wait for politeness or for a worker.
  var mostPages: Int {
    network.isSuspected ? attending.isEmpty ? 1 : 0 : 2 * settings.fetch.concurrency
  }

  func startPages(_ now: Timestamp) async throws(LedgerFailure) {
    while pageCount < mostPages, let place = agenda.pop(by: now) {
      let manifest = roster.manifests[place]
      let publisher = manifest.publisher.id
      if crowded.contains(publisher) {
        expect(place, now.adding(seconds: 10))
        continue
      }
      let underWay = pages[publisher] ?? []
      let most = (manifest.fetch.concurrency ?? settings.fetch.groupConcurrency) + 2
      // A publisher that has its share goes on when one of its pages ends.
      let room = min(most - underWay.count, mostPages - pageCount)
      guard room > 0 else { continue }
      let (items, next) = try await ledger.waitingItems(
        publisher: publisher, now: now, underWay: underWay, limit: room)
      // One that ended while the ledger answered may be in the answer all the same: it was waiting when it looked.
      for item in items { start(item) }
      if items.count < room, let next, roster.place(publisher: publisher) == place { expect(place, next) }
    }
  }

  /// Takes an item to the queue.
  func start(_ item: DiscoveredItem) {
    pages[item.publisher, default: []].insert(item.id)
    pageCount += 1
    Task {
      await self.process(item)
      self.pageFences[item.id] = nil
      self.finished(page: item)
    }
  }

  private func finished(page item: DiscoveredItem) {
    pages[item.publisher]?.remove(item.id)
    if pages[item.publisher]?.isEmpty == true { pages[item.publisher] = nil }
    pageCount -= 1
    // Whether the publisher has more is in the ledger.
    if let place = roster.place(publisher: item.publisher) { expect(place, .now()) }
    rouse()
  }

  /// The publisher at that place has items due then, or earlier ones that are known already.
  func expect(_ place: Int, _ due: Timestamp) {
    if let known = agenda.due(place), known <= due { return }
    agenda.set(place, due: due)
  }
}

extension Array {
  fileprivate mutating func popFirst() -> Element? { isEmpty ? nil : removeFirst() }
}
