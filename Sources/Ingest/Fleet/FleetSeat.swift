import Configuration
import Fetching
import Fleet
import Manifest
import Scheduling
import Service
import Store
import Synchronization
import Values

/// This node's place in a fleet: it fetches from the rate groups whose lease it holds, and from no other. A single
/// machine has none, and every question here is answered at once.
struct FleetSeat {
  let node: String
  let membership: Membership
  /// Sources in use by their rate group, as numbers of the roster.
  var sources: [String: [Int]] = [:]
  /// What the beats told and has not been obeyed yet, in order; and whether someone is at it. Beats never wait for
  /// that: it asks the database much, and a beat that came too late would lose the leases.
  var events: [LeaseEvent] = []
  var isObeying = false
  /// Groups that are ours and not in the schedule yet, and whose they were before. They stay here until the
  /// database has told what is known of their sources.
  var toTakeUp: [String: PastHolder] = [:]
  /// Whether all has to be planned anew, because sources fell due while nothing was permitted.
  var mustPlan = false
  var isDraining = false
  /// Whether no beat has reached the database for the time of a lease: nothing may be fetched.
  var isCutOff = false

  var held: HeldLeases { membership.held }

  var status: JSON {
    [
      "node": .string(node), "leases": JSON(held.count), "draining": .bool(isDraining),
      "cut_off": .bool(isCutOff),
    ]
  }
}

/// The right to fetch from a rate group is another node's, or cannot be asked for now.
struct NotOurs: Error {
  let group: String
  /// Who has it; nil when that is not known.
  let node: String?

  var message: String {
    node.map { "\(group) is fetched by node \($0)" } ?? "whose turn \(group) is cannot be asked for now"
  }
}

extension Ingester {
  /// The fence of a rate group's lease, taken now when nobody has it; nil on a single machine.
  ///
  /// - Parameter gap: the distance that the one who asks keeps between two requests.
  func right(to group: String, gap: Double? = nil) async throws(NotOurs) -> Fence? {
    guard let fleet, let permission else { return nil }
    if let fence = permission.fence(group) { return fence }
    switch await fleet.membership.acquire(group) {
    case .held(let fence, _):
      // Another may have asked a moment ago. A beat may have gained the group while this waited, so the answer does not
      // tell for certain that nobody had it before.
      await fetcher.hold(group: group, for: .seconds(max(self.gap(of: group), gap ?? 0)))
      permission.open(fence)
      return fence
    case .elsewhere(let node): throw NotOurs(group: group, node: node)
    case .unreachable: throw NotOurs(group: group, node: nil)
    }
  }

  /// Whether this node may fetch from the group now, without asking anyone.
  func isOurs(_ group: String) -> Bool { permission?.permits(group) ?? true }

  /// Whether what a visit found may still be kept: the lease that it was made under is held.
  func isCurrent(_ fence: Fence?) -> Bool { fence.map { permission?.fence($0.group) == $0 } ?? true }

  // MARK: Items of other nodes' groups

  /// Leaves an item to the node that has its page's group.
  func leave(_ item: DiscoveredItem, to notOurs: NotOurs, at url: WebURL? = nil) async {
    do throws(LedgerFailure) {
      if notOurs.node != nil {
        try await ledger.handOver(item, to: notOurs.group, at: url)
      } else {
        try await ledger.postpone(item: item.id, until: .now().adding(seconds: 5))
      }
    } catch {
      noteFailure(error)
    }
  }

  /// Takes up items that other nodes have left to this one.
  func startHanded(_ now: Timestamp) async throws(LedgerFailure) {
    guard let fleet, !fleet.isDraining, pageCount < mostPages else { return }
    for item in try await ledger.handedItems(limit: mostPages - pageCount) {
      guard roster[publisher: item.publisher] != nil, pages[item.publisher]?.contains(item.id) != true else { continue }
      start(item)
    }
  }
}
