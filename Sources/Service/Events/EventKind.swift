/// What can happen, one case a kind of event. The name (`rawValue`) and the message ID are part of the outside: people
/// filter by them (`newswirectl log --event`, `journalctl MESSAGE_ID=`), so neither is ever changed or used again.
public enum EventKind: String, Sendable, CaseIterable {
  case daemonStarted = "daemon.started"
  case daemonReady = "daemon.ready"
  case daemonReloaded = "daemon.reloaded"
  case daemonPaused = "daemon.paused"
  case daemonResumed = "daemon.resumed"
  case daemonStopping = "daemon.stopping"
  case daemonStopped = "daemon.stopped"
  case daemonFailed = "daemon.failed"

  case watchdogStalled = "watchdog.stalled"

  case logLost = "log.lost"

  case configLoaded = "config.loaded"
  case configRefused = "config.refused"
  case configUnused = "config.unused"

  case pluginLoaded = "plugin.loaded"
  case pluginRefused = "plugin.refused"
  case pluginBroken = "plugin.broken"

  case feedFetched = "feed.fetched"
  case feedUnchanged = "feed.unchanged"
  case feedFailed = "feed.failed"
  case feedRefused = "feed.refused"
  case feedRepaired = "feed.repaired"
  case feedMoved = "feed.moved"
  case feedMuted = "feed.muted"
  case feedEmpty = "feed.empty"
  case feedFound = "feed.found"

  case sourceBackoff = "source.backoff"
  case sourceRecovered = "source.recovered"

  case publisherSilent = "publisher.silent"
  case publisherDegraded = "publisher.degraded"
  case publisherUsual = "publisher.usual"

  case articleDiscovered = "article.discovered"

  case pageFetched = "page.fetched"
  case pageRetry = "page.retry"
  case pageFailed = "page.failed"

  case articlePublished = "article.published"
  case articleUpdated = "article.updated"
  case articleUnchanged = "article.unchanged"
  case articlePartial = "article.partial"
  case articleRefused = "article.refused"
  case articleWithdrawn = "article.withdrawn"
  case pluginReextracted = "plugin.reextracted"

  case workerStarted = "worker.started"
  case workerStopped = "worker.stopped"
  case workerCrashed = "worker.crashed"
  case workerTimeout = "worker.timeout"
  case workerLimit = "worker.limit"

  case programStarted = "program.started"
  case programLog = "program.log"
  case programFailed = "program.failed"
  case programSuspended = "program.suspended"
  case programRecovered = "program.recovered"

  case queuePaused = "queue.paused"
  case queueResumed = "queue.resumed"
  case queueRecovered = "queue.recovered"
  case queueError = "queue.error"

  case storeError = "store.error"

  case robotsRefused = "robots.refused"

  case addressRefused = "address.refused"

  case groupHeld = "group.held"

  case loginWorked = "login.worked"
  case loginFailed = "login.failed"

  case pushVerified = "push.verified"
  case pushReceived = "push.received"
  case pushRefused = "push.refused"
  case pushFailed = "push.failed"

  case networkDown = "network.down"
  case networkUp = "network.up"

  case clockStepped = "clock.stepped"

  case fleetJoined = "fleet.joined"
  case fleetCutOff = "fleet.cutoff"
  case fleetBack = "fleet.back"
  case fleetDrained = "fleet.drained"
  case fleetOusted = "fleet.ousted"
  case fleetGone = "fleet.gone"
  case fleetSkew = "fleet.skew"
  case leaseGained = "lease.gained"
  case leaseLost = "lease.lost"

  case controlRequest = "control.request"
  case controlRefused = "control.refused"
  case controlError = "control.error"

  case forwardStarted = "forward.started"
  case forwardConnected = "forward.connected"
  case forwardAway = "forward.away"
  case forwardMisfit = "forward.misfit"
  case forwardFull = "forward.full"
  case forwardResumed = "forward.resumed"
  case forwardSent = "forward.sent"
  case forwardRejected = "forward.rejected"
  case forwardStopped = "forward.stopped"
  case forwardFailed = "forward.failed"

  case internalFault = "internal.fault"

  /// The stable 128-bit identity of the kind (systemd.journal-fields(7), `MESSAGE_ID=`): 32 lower-case hex digits.
  public var messageID: String {
    switch self {
    case .daemonStarted: "bc507ee927ce480381aef16602b17390"
    case .daemonReady: "a91e15a7a5b34bbcb27ccc45c3b77b08"
    case .daemonReloaded: "b23a10651a3443feb0fabd6d7676f7f6"
    case .daemonPaused: "1738ae1a69fd447e845ccfe2ed14f672"
    case .daemonResumed: "925badbacae64f088e18f94477ac7662"
    case .daemonStopping: "bd741306a3e645d7a2e14d3d1ce8e757"
    case .daemonStopped: "585bd95262e74112b202754f2ee5b0e7"
    case .daemonFailed: "cc859171b2304cfdafd19987bcdd0f8d"
    case .watchdogStalled: "51605c6924e643a7adf1fc6922bb5b39"
    case .logLost: "cb0ab90a0b324513a22ce35afb802dfc"
    case .configLoaded: "a9d9bb1fa9374a159b227b86c641dcc7"
    case .configRefused: "fd3834caf3a74219ab5253d2aa73faee"
    case .configUnused: "ff618c2666b14cf9a9473ed0dcd27023"
    case .pluginLoaded: "245be80348ff42c3b401850650e296e0"
    case .pluginRefused: "9fdb021ec46947a4b223b191b7133bac"
    case .pluginBroken: "b9bff8d83ecd48c4b7843c3d4cfc18f1"
    case .feedFetched: "409a8ddad2fa4802b28e246466949026"
    case .feedUnchanged: "44ef901ba0754dc0811d4278b95b3e71"
    case .feedFailed: "63d0894d30414ae6ba83689598babd87"
    case .feedRefused: "a613c22a182f4a86a35e9054919a87ab"
    case .feedRepaired: "85e68c6d794746469da0ff79c271a147"
    case .feedMoved: "d252a41a3f7d4c97888823fdf96b992c"
    case .feedMuted: "1eb03216283344fbb557b769266369b7"
    case .feedEmpty: "f8567f8a579144449fbcf925878104c3"
    case .feedFound: "aacf7040a03a4370a4aa666cfc9b65e9"
    case .sourceBackoff: "f6edc6e4691d45a7bd2eb9f1f3a5f52c"
    case .sourceRecovered: "b1e0a291e4f3496d8de19c5d3ca5a53b"
    case .publisherSilent: "d23fe10823194b92ba624b87f32c5501"
    case .publisherDegraded: "2958005cc566448fa251d745207291ce"
    case .publisherUsual: "4db05b744fd64991a8eb1dbc15be0760"
    case .articleDiscovered: "b0ebc10a4c834c0582f44e005a51eda0"
    case .pageFetched: "273baa995bf147a599c2260a763e193e"
    case .pageRetry: "69538dde2267424687b81e250aff97ca"
    case .pageFailed: "f5fd00aee98644d0995c75b1051f2663"
    case .articlePublished: "2b7a8159056a4896862ddfc381c1b52e"
    case .articleUpdated: "43d4efd42872480d81b3ad21304a1f20"
    case .articleUnchanged: "c32fdf95abdb44e880eb55f5a056de4e"
    case .articlePartial: "e1c7a0a2d38542dd923c64383ab32b56"
    case .articleRefused: "59e582b662494826aaabd65ac3abf6c5"
    case .articleWithdrawn: "5c1d0c9f2f1e4c6b9b6f3c0f6a7f3d21"
    case .pluginReextracted: "b7a4d6f0c1934e5f8f5a2e9d4c3b1a70"
    case .workerStarted: "669844c3bf0c4a0b9cc060c09fe4922e"
    case .workerStopped: "0dfa737193304878876f45d5e4623afd"
    case .workerCrashed: "4fa7f18784f64f689c3aa993746078e8"
    case .workerTimeout: "3f9e7beec4a1409285388d8cc4fb7e70"
    case .workerLimit: "69b2cc0aa23e44d2a54b316fc8df0104"
    case .programStarted: "7d7ad5f34d4544a0b0f3608c32a7d921"
    case .programLog: "4b41f1e0e0d145228a6488afecb38e6b"
    case .programFailed: "7511a5aa581a4e96bd7487f1f50aed1a"
    case .programSuspended: "44a6f345c0dd432e9f1926cafa8dd63e"
    case .programRecovered: "20b3ee27653e4cacb534e2f3b566835c"
    case .queuePaused: "831db42f6a804267aef73fc6cf5fda3c"
    case .queueResumed: "6f5a599839ca4bcb851986490d8b165d"
    case .queueRecovered: "e526ee8eac584487888ce3fef04a6be1"
    case .queueError: "818459308b56458c8f500faa51f7dbee"
    case .storeError: "57b2a763cdc24192937f009b2c83643b"
    case .robotsRefused: "0e1cd358c0694ec7a9d0218d93a8a912"
    case .addressRefused: "374fa811d670400f8470a3221b1856d7"
    case .groupHeld: "671542a0685d40d7b36587cde6abc320"
    case .loginWorked: "05ad38403a3347968b57c096e4369b72"
    case .loginFailed: "fb67fdf55c9d4dd4bcc42c1cf898dffe"
    case .pushVerified: "a824ef64997f4300aba1678873b68ee5"
    case .pushReceived: "ba7f5e04bd0b4bb78d69f9d666a34ad5"
    case .pushRefused: "9c25845bd84242718f7d0221f0463de2"
    case .pushFailed: "c2eab4a4c9a1409583e16d3ba37c3217"
    case .networkDown: "7a87d014f21245269cae0d36ec87816c"
    case .networkUp: "d6548cbcec4e41a4a774d968b07a83ce"
    case .clockStepped: "6c1c0ec8d8df42a48aeb19d8ebfd4cdd"
    case .fleetJoined: "927e1456b02b47e68ad51e8e89dd47a1"
    case .fleetCutOff: "9ba92de3797c40b1b2f9bb1831c30cd8"
    case .fleetBack: "3fe0a2343665401d80ac110b4fc98cba"
    case .fleetDrained: "cf1497d997b6480a894ba163d2932e9b"
    case .fleetOusted: "428242b645a740deb004556b956a045f"
    case .fleetGone: "92b33601612a4773be850ee1122e5cd7"
    case .fleetSkew: "9227ede787354012891e05015d5ce44d"
    case .leaseGained: "761dc1fc278b40c891e8c83e75f56f71"
    case .leaseLost: "0a0472dfc8b64ad49838dabf226c165c"
    case .controlRequest: "617255402d12482db1cff5a703033811"
    case .controlRefused: "c12b4c05ff884192a578ab7b12c794b8"
    case .controlError: "5a946d7279a44064837760f1a04c97bd"
    case .forwardStarted: "5c122304df6f45bc9515f201dd9cc337"
    case .forwardConnected: "c11bb42003004ed096b10f9e2269c9c1"
    case .forwardAway: "340a54fda0c246fa868af244926cdfb6"
    case .forwardMisfit: "1efa8aa3aaa94e399cce6c22bdc9860e"
    case .forwardFull: "5c438a3aa6e54627a3c79598097f1f6e"
    case .forwardResumed: "4b4f5825d52641149d5ee4771b827b7e"
    case .forwardSent: "23a3b462bb794d9c804c5fee689db542"
    case .forwardRejected: "a26b3a47e5a147628b87f9f67efbe7fc"
    case .forwardStopped: "8fd89a10ae4b44ed9745ab19d416d8cb"
    case .forwardFailed: "e0a51673761a43e7b8432c42cf55d7a5"
    case .internalFault: "a8286328a10049868847bdfc62c45793"
    }
  }

  /// How much the kind matters when the place that records it does not say otherwise: error, an operator must act;
  /// warning, something is worse than it should be and mends itself; notice, the service's own life; info, one record a
  /// fetch and an article; debug, the steps between.
  public var level: EventLevel {
    switch self {
    case .daemonFailed, .forwardFailed: .critical
    case .watchdogStalled, .configRefused, .pluginRefused, .queueError, .storeError, .controlError, .internalFault,
      .programSuspended, .forwardMisfit, .forwardRejected, .fleetOusted:
      .error
    case .configUnused, .pluginBroken, .programFailed, .logLost, .feedFailed, .feedRefused, .feedEmpty, .sourceBackoff,
      .publisherSilent,
      .publisherDegraded,
      .pageFailed, .articleRefused,
      .workerCrashed, .workerTimeout, .workerLimit, .queuePaused, .addressRefused, .networkDown, .controlRefused,
      .loginFailed, .pushRefused, .pushFailed, .forwardAway, .forwardFull, .fleetCutOff, .fleetGone, .fleetSkew:
      .warning
    case .daemonStarted, .daemonReady, .daemonReloaded, .daemonPaused, .daemonResumed, .daemonStopping,
      .daemonStopped, .configLoaded, .feedMoved, .feedMuted, .sourceRecovered, .publisherUsual, .articlePartial,
      .queueResumed,
      .queueRecovered, .robotsRefused, .networkUp, .clockStepped, .feedFound, .groupHeld, .pushVerified,
      .programRecovered, .forwardStarted, .forwardConnected, .forwardResumed, .forwardStopped, .fleetJoined,
      .fleetBack, .fleetDrained:
      .notice
    case .feedFetched, .feedUnchanged, .feedRepaired, .pageFetched, .pageRetry, .articlePublished,
      .articleUpdated, .articleUnchanged, .articleWithdrawn, .pluginReextracted, .controlRequest, .loginWorked,
      .pushReceived, .programLog:
      .info
    case .pluginLoaded, .articleDiscovered, .workerStarted, .workerStopped, .programStarted, .forwardSent, .leaseGained,
      .leaseLost:
      .debug
    }
  }

  /// The kind with this message ID, in either case and with or without dashes.
  public init?(messageID: String) {
    let wanted = messageID.lowercased().filter { $0 != "-" }
    guard let kind = Self.byMessageID[wanted] else { return nil }
    self = kind
  }

  private static let byMessageID = Dictionary(uniqueKeysWithValues: allCases.map { ($0.messageID, $0) })
}
