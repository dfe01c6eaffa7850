import Threads

/// A stream to write to. Every call may wait for a network, so all run on one thread of their own.
public actor StreamClient {
  private let executor = ThreadExecutor(name: "newswire-nats")
  private let options: StreamOptions
  private let events: @Sendable (StreamEvent) -> Void
  private var connection: StreamConnection?
  private var connections: UInt64 = 0

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Parameter events: called on a thread of libnats.
  public init(_ options: StreamOptions, events: @escaping @Sendable (StreamEvent) -> Void) {
    self.options = options
    self.events = events
  }

  /// Connects anew and looks the stream up.
  /// - Returns: the connection's number in events, and what was found.
  public func connect(to address: String) throws(StreamProblem) -> (connection: UInt64, facts: StreamFacts) {
    disconnect()
    connections += 1
    let made = try StreamConnection(to: address, options, number: connections, events: events)
    do throws(StreamProblem) {
      let facts = try made.facts()
      connection = made
      return (connections, facts)
    } catch {
      made.close()
      throw error
    }
  }

  /// Makes the stream on the server at that address.
  public func createStream(at address: String, replicas: Int, window: Double) throws(StreamProblem) -> StreamFacts {
    connections += 1
    let made = try StreamConnection(to: address, options, number: connections, events: events)
    defer { made.close() }
    try made.createStream(replicas: Int64(replicas), window: window)
    return try made.facts()
  }

  public func disconnect() {
    connection?.close()
    connection = nil
  }

  /// - Returns: what could not be sent, by token.
  public func send(_ messages: [StreamMessage]) -> [(token: UInt64, problem: StreamProblem)] {
    var problems: [(token: UInt64, problem: StreamProblem)] = []
    for message in messages {
      do throws(StreamProblem) {
        guard let connection else { throw .unreachable("not connected") }
        try connection.send(message)
      } catch {
        problems.append((message.token, error))
      }
    }
    return problems
  }
}
