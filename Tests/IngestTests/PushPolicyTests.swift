import Store
import Testing
import Values

@testable import Ingest

@Suite("Push policy")
struct PushPolicyTests {
  private let start = Timestamp(rfc3339: "2026-03-02T12:00:00Z")!
  private let hub = "https://hub.example/"
  private let topic = "https://a.example/feed"
  private func after(_ hours: Double) -> Timestamp { start.adding(seconds: Int64(hours * 3600)) }

  private func push(
    _ state: PushSubscription.State, failures: Int = 0, leaseHours: Int? = nil
  ) -> PushSubscription {
    var push = PushSubscription(hub: hub, topic: topic, token: "t", secret: "s", state: state, askedAt: start)
    push.failures = failures
    if let leaseHours {
      push.since = start
      push.leaseEnd = start.adding(seconds: Int64(leaseHours) * 3600)
    }
    return push
  }

  @Test("when a hub is asked")
  func asking() {
    func action(_ push: PushSubscription?, _ hours: Double) -> PushPolicy.Action {
      PushPolicy.action(push, hub: hub, topic: topic, now: after(hours))
    }
    #expect(action(nil, 0) == .subscribe)
    // One that did not come is asked again, later and later, up to a day.
    #expect(action(push(.requested), 0.9) == .nothing && action(push(.requested), 1) == .renew)
    #expect(
      action(push(.requested, failures: 2), 3.9) == .nothing && action(push(.requested, failures: 2), 4) == .renew)
    #expect(action(push(.requested, failures: 60), 23.9) == .nothing)
    #expect(action(push(.requested, failures: 60), 24) == .renew)
    // Half of the lease.
    #expect(
      action(push(.active, leaseHours: 48), 23.9) == .nothing && action(push(.active, leaseHours: 48), 24) == .renew)
    #expect(action(push(.broken, leaseHours: 48), 24) == .renew)
    #expect(action(push(.denied), 167) == .nothing && action(push(.denied), 168) == .subscribe)
    // What a clock noted that was ahead says nothing.
    #expect(action(push(.active, leaseHours: 48), -1000) == .renew && action(push(.requested), -1000) == .renew)
    // Another hub or topic is another subscription.
    var other = push(.active, leaseHours: 48)
    other.topic = "https://a.example/other"
    #expect(action(other, 0) == .subscribe)
  }

  @Test("polls are seldom only as long as the lease runs and nothing was missed")
  func relying() {
    #expect(PushPolicy.isRelied(push(.active, leaseHours: 48), now: after(47)))
    #expect(!PushPolicy.isRelied(push(.active, leaseHours: 48), now: after(48)))
    #expect(!PushPolicy.isRelied(push(.active, leaseHours: 48), now: after(-1000)))
    for state in [PushSubscription.State.requested, .denied, .broken] {
      #expect(!PushPolicy.isRelied(push(state, leaseHours: 48), now: after(1)))
    }
    #expect(!PushPolicy.isRelied(nil, now: start))
  }

  @Test("an item that came in the lease and was not pushed for ten minutes was missed")
  func missing() {
    let active = push(.active, leaseHours: 48)
    #expect(PushPolicy.isMissed(active, itemDate: after(1), now: after(1.5)))
    #expect(!PushPolicy.isMissed(active, itemDate: after(1), now: after(1.1)))
    #expect(!PushPolicy.isMissed(active, itemDate: after(-1), now: after(1)))
    #expect(!PushPolicy.isMissed(active, itemDate: nil, now: after(1)))
    #expect(!PushPolicy.isMissed(push(.broken, leaseHours: 48), itemDate: after(1), now: after(1.5)))
  }

  @Test("leases of hubs are believed within bounds")
  func leases() {
    #expect(PushPolicy.lease("86400", asked: 5) == 86_400)
    #expect(PushPolicy.lease(nil, asked: 7200) == 7200 && PushPolicy.lease("soon", asked: 7200) == 7200)
    #expect(PushPolicy.lease("1", asked: 5) == 60 && PushPolicy.lease("99999999999", asked: 5) == 30 * 86_400)
  }
}
