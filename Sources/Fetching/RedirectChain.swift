internal import Values

/// A request on its way through redirects: one place in its rate group, one budget of time and headers for all of it.
extension Engine {
  /// Asks for the address, and then for those it leads to, until one answers.
  func follow(_ plan: RequestPlan) async throws(FetchError) -> FetchResponse {
    var url = plan.request.url
    var visited: Set<WebURL> = [url.withoutFragment]
    var redirects: [FetchResponse.Redirect] = []
    let jar = plan.request.jar
    var cookies: [String]? = plan.request.keepsCookies ? [] : nil
    var form = plan.encodedForm
    var received = 0
    // One budget for the whole chain, so that a server cannot multiply it by sending us on.
    var spent: Int64 = 0
    var headerBytes = 0
    var begin: Int64?
    var waited: Int64 = 0
    var held: String?
    defer { if let held { gate.finish(group: held, now: now) } }

    while true {
      // A redirect within the group belongs to the same request and keeps its place; another group has its own turn.
      let group = plan.group(for: url)
      if held != group {
        if let old = held {
          gate.finish(group: old, now: now)
          held = nil
        }
        let arrived = now
        try await admission(url, group: group, plan.request)
        held = group
        waited += now - arrived
        if begin == nil { begin = now }
      }
      let jarred = jar?.lines(for: url)
      let hop = plan.hop(
        to: url, cookies: jarred ?? cookies, form: form, spent: .nanoseconds(spent), headerBytes: headerBytes)
      guard hop.time > .zero else {
        throw FetchError(
          .timeout, url: url, message: "the redirects before took the whole time that a request has",
          hint: "use the address where they end")
      }
      try checkProxied(hop)
      let hopBegin = now
      let answer = try await perform(hop, group: group)
      spent += now - hopBegin
      headerBytes += answer.headerBytes
      received += answer.bytesReceived
      if let jar, let jarred {
        jar.merge(answer.cookies, sent: jarred)
      } else if cookies != nil {
        cookies = answer.cookies
      }
      guard [301, 302, 303, 307, 308].contains(answer.status) else {
        return FetchResponse(
          status: answer.status, url: url, redirects: redirects, headers: answer.headers, body: answer.body,
          validators: Validators(etag: answer.etag, lastModified: answer.lastModified),
          duration: .nanoseconds(now - (begin ?? now)), waited: .nanoseconds(waited), bytesReceived: received,
          httpVersion: answer.httpVersion, remoteAddress: answer.remoteAddress,
          reusedConnection: answer.reusedConnection, isTruncated: answer.isTruncated)
      }
      let target = try RedirectPolicy.target(
        of: (answer.status, answer.headers["Location"]), from: url,
        visited: cookies == nil && jarred == nil && form == nil ? visited : nil)
      guard redirects.count < configuration.maxRedirects else {
        throw FetchError(
          .tooManyRedirects, url: url, message: "more than \(configuration.maxRedirects) redirects",
          hint: "open the address in a browser and use the one where it ends")
      }
      if form != nil {
        if answer.status < 307 {
          form = nil
        } else if target.origin != url.origin {
          throw FetchError(
            .redirectRefused, url: url,
            message: "status \(answer.status) wants the form sent to \(FetchError.redacted(target))",
            hint: "if the publisher has moved, correct the plugin's address")
        }
      }
      if let check = plan.request.redirectCheck {
        var verdict = await check.known(target)
        if verdict == nil, let place = held {
          gate.finish(group: place, now: now)
          held = nil
        }
        if verdict == nil { verdict = await check.ask(target) }
        try verdict?.get()
      }
      redirects.append(.init(status: answer.status, from: url, to: target))
      visited.insert(target.withoutFragment)
      url = target
    }
  }

  /// Behind a proxy the callbacks see the proxy alone: what can be judged of the host itself is judged here.
  private func checkProxied(_ hop: Hop) throws(FetchError) {
    guard hop.proxy != nil else { return }
    if let reason = Proxy.refusal(of: hop.url.host, guard: configuration.addressGuard) {
      throw FetchError(
        .addressRefused, url: hop.url, message: reason,
        hint: "if the operator means it, exempt the address with allow_addresses")
    }
    if !hop.ports.contains(hop.url.effectivePort) {
      throw FetchError(
        .addressRefused, url: hop.url, message: "port \(hop.url.effectivePort) of \(hop.url.host) is not allowed",
        hint: "if the operator means it, exempt the port with allow_ports")
    }
  }
}
