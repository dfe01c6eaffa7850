import Testing
import Values

@Suite("JSON")
struct JSONTests {
  static let sound: [(String, JSON)] = [
    ("null", .null), ("true", .bool(true)), ("-12", .integer(-12)), ("1.5e3", .number(1500)),
    (#""a\u00e9\n\"\\""#, .string("aé\n\"\\")), (#""\ud83d\ude00""#, .string("😀")),
    ("[1, [2]]", .array([1, .array([2])])), ("  [ ] ", .array([])),
    (#"{"a": {"b": []}}"#, .object(JSONObject([("a", .object(JSONObject([("b", .array([]))])))]))),
    ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
  ]

  @Test("reads what RFC 8259 allows", arguments: sound)
  func reads(text: String, value: JSON) throws {
    #expect(try JSON(parsing: text) == value)
  }

  @Test(
    "refuses what RFC 8259 does not allow",
    arguments: [
      "", "{", "[1,]", "{\"a\":1,}", "01", "+1", "1.", "nul", "\"a", "\"\u{1}\"", "[1 2]", "{\"a\" 1}", "1 2", "'a'",
      "\"\\x\"", "[,1]", "{,}", "\"\\u12\"",
    ])
  func refuses(text: String) {
    #expect(throws: JSONError.self) { try JSON(parsing: text) }
  }

  static let repairable: [(String, String)] = [
    ("[1,]", "[1]"), ("{\"a\":1,}", #"{"a":1}"#), ("{\"a\":\"x\ny\"}", #"{"a":"x\ny"}"#),
    ("{\"a\":1 \"b\":2}", #"{"a":1,"b":2}"#), ("{\"a\": [1, 2", #"{"a":[1,2]}"#),
    ("/* c */ {\"a\":1} // d", #"{"a":1}"#), (#"{"a":"it\'s"}"#, #"{"a":"it's"}"#), ("{\"a\":1};", #"{"a":1}"#),
    ("{\"a\":undefined}", #"{"a":null}"#), ("{\"a\":NaN}", #"{"a":null}"#),
    ("{\"a\": , \"b\": }", #"{"a":null,"b":null}"#), ("[1, tr", "[1]"),
    (#"["a", "\u04"#, #"["a"]"#),
    // Words of other languages.
    (#"{"a":True,"b":None, "c":+1,"d":.5,"e":0x1F,"f":1}"#, #"{"a":null,"b":null,"c":null,"d":null,"e":null,"f":1}"#),
    // Quotes inside a headline.
    (#"{"a":"The "old" mill","b":1}"#, #"{"a":"The \"old\" mill","b":1}"#),
    (#"{"a":"They said "no", and left"}"#, #"{"a":"They said \"no\", and left"}"#),
    (#"{"a":["x "y" z","w"], "b":"c"}"#, #"{"a":["x \"y\" z","w"],"b":"c"}"#),
    // Quotes inside a string, at its end, before a comma and before a colon.
    (#"{"h":"Minister: "We go on"","d":1}"#, #"{"h":"Minister: \"We go on\"","d":1}"#),
    (#"{"h":"Minister: "We go on"", "d":1}"#, #"{"h":"Minister: \"We go on\"","d":1}"#),
    (#"{"h":"Minister: "We go on""}"#, #"{"h":"Minister: \"We go on\""}"#),
    (#"{"h":""Quoted"","d":1}"#, #"{"h":"\"Quoted\"","d":1}"#),
    (#"{"h":"Said "no", then "yes"","d":1}"#, #"{"h":"Said \"no\", then \"yes\"","d":1}"#),
    (#"{"h":"Said "no", "yes" and "no"","d":1}"#, #"{"h":"Said \"no\", \"yes\" and \"no\"","d":1}"#),
    (#"{"h":"The "Seagull": back","d":1}"#, #"{"h":"The \"Seagull\": back","d":1}"#),
    (#"{"a":"""b":""}"#, #"{"a":"","b":""}"#), (#"{"a":"","b":"",}"#, #"{"a":"","b":""}"#),
    (#"{"k":["a "b"","c"],"d":""}"#, #"{"k":["a \"b\"","c"],"d":""}"#),
    (
      #"{"a":[{"b":1},{"c":"<p x="{"b":2,"d":3}">e</p>"},{"b":4}]}"#,
      #"{"a":[{"b":1},{"c":"<p x=\"{\"b\":2,\"d\":3}\">e</p>"},{"b":4}]}"#
    ),
    ("{\"h\":\"a\",\u{A0}\"d\":\"b\"}", #"{"h":"a","d":"b"}"#),
    // Escapes of JavaScript.
    (#"{"h":"J\x27s \x4E \xzz"}"#, #"{"h":"J's N xzz"}"#),
  ]

  @Test("repairs what publishers write", arguments: repairable)
  func repairs(text: String, result: String) throws {
    #expect(try JSON(parsing: text, .repairing).text() == result)
    #expect(throws: JSONError.self) { try JSON(parsing: text) }
  }

  static let mendable: [(String, String)] = [
    // A bracket that is missing, and one too many.
    (#"{"a":[{"b":1,{"b":2}]}"#, #"{"a":[{"b":1},{"b":2}]}"#),
    (#"{"a":[{"b":1},{"b":2]}"#, #"{"a":[{"b":1},{"b":2}]}"#),
    (#"{"a":[{"b":[1,2},{"b":3}]}"#, #"{"a":[{"b":[1,2]},{"b":3}]}"#),
    (#"{"a":[{"b":1}},{"b":2}],"c":3}"#, #"{"a":[{"b":1},{"b":2}],"c":3}"#),
    // One element of a list that cannot be read.
    (#"{"a":[{"b":1},{"b":2,"c" "3"},{ "b":4}],"d":5}"#, #"{"a":[{"b":1},{"b":4}],"d":5}"#),
    (#"{"a":[{"b":1},{"b":2,"c" "3"}],"d":5}"#, #"{"a":[{"b":1}],"d":5}"#),
    // What it holds is passed over with it, whatever that begins with.
    (#"{"a":[{"b":1},{"c" "2","d":[{"b":3},{"b":4}],"e":{"b":5}},{"b":6}]}"#, #"{"a":[{"b":1},{"b":6}]}"#),
    (#"{"a":[{"b":1},{"c" "2","d":[3,"e":{"b":4}},{"b":5}]}"#, #"{"a":[{"b":1},{"b":5}]}"#),
  ]

  /// Where members belong to articles of their own, as in pages, the brackets are let alone.
  @Test("mends brackets and passes over damaged objects where it is told to", arguments: mendable)
  func mends(text: String, result: String) throws {
    let mended = try JSON.repaired(Array(text.utf8))
    #expect(mended.value.text() == result && !mended.isCut)
    #expect(throws: JSONError.self) { try JSON(parsing: text, .repairing) }
  }

  @Test(
    "refuses what could be mended in several ways, or has nothing left",
    arguments: [
      // Brackets that do not come out even, at the top and below.
      #"{"a":[{"b":1}]],"c":[{"b":2}]}"#, #"{"a":1,{"b":2},"c":[{"b":3}]}"#, #"{"a":{"b":1},{"c":2}}"#,
      #"{"a":[{"b":1,"c":[{"b":2}},{"b":3}]},{"b":4}]}"#, #"{"a":[{"b":1,"c":[{"b":2]],"d":3},{"b":4}]}"#,
      #"{"a":[{"b":1},{"c":2,{"b":3}]}"#, #"{"a":[{"b":1},{"b":2,"c" "3",{"b":4}]}]}"#, #"{"a":[[{"b":1}],"c":2}"#,
      #"{"a":[{"b":1},{]}"#, #"{"a":[{"b":1},"b":2,"c":3},{"b":4}],"d":5}"#,
      // JSON in a string whose quotes were not escaped.
      #"{"a":[{"b":1},{"c":"<p x="{","b":2,"d":3}">e</p>"},{"b":4}]}"#,
      #"{"a":[{"b":1},{"c":"<p x="{"},{"b":3}">e</p>"},{"b":4}]}"#,
      #"{"a":[{"b":1,"c" "2"}]}"#, #"{"a":[{"b":1,"c" "2"},{"b":3}"#, #"{"a":x"b","c":1}"#, #"{"a":f({"b":1}),"c":1}"#,
    ])
  func refusesToMend(text: String) {
    #expect(throws: JSONError.self) { try JSON.repaired(Array(text.utf8)) }
  }

  @Test(
    "tells a text that ends too early from one that goes on",
    arguments: [
      ("[1]", false), ("[1,]", false), ("[1] x", false), ("{\"a\":1};", false), ("[1", true), ("{\"a\":", true),
      ("[1, [2]", true), ("{\"a\":\"b", true), ("{\"a\" ", true), ("[nul", true),
    ])
  func repaired(text: String, isCut: Bool) throws {
    #expect(try JSON.repaired(Array(text.utf8)).isCut == isCut)
  }

  @Test("keeps the digits of numbers beyond 64 bits where they are names")
  func digits() throws {
    let text = Array("[17845678901234567001, -17845678901234567001, 9223372036854775807, 1.5, 1e30]".utf8)
    let names: JSON = ["17845678901234567001", "-17845678901234567001", 9_223_372_036_854_775_807, 1.5, 1e30]
    #expect(try JSON(parsing: text, keepingDigits: true) == names)
    #expect(try JSON.repaired(text, keepingDigits: true).value == names)
    #expect(try JSON(parsing: text)[0] == .number(1.7845678901234567e19))
  }

  @Test("goes on behind damaged elements in linear time", .timeLimit(.minutes(1)))
  func manyDamaged() throws {
    let text = "{\"items\":[" + String(repeating: "{\"id\":[", count: 200_000) + "]}"
    _ = try? JSON.repaired(Array(text.utf8))
    let items = String(repeating: "{\"id\":1,\"a\" \"2\"},", count: 100_000)
    #expect(try JSON.repaired(Array("{\"items\":[\(items){\"id\":3}]}".utf8)).value["items"]?.array?.count == 1)
    let lists = (0..<40_000).map { "{\"id\":1},[{\"k\($0)\"! \"x\"}]" }.joined(separator: ",")
    #expect(throws: JSONError.self) { try JSON.repaired(Array("[\(lists)]".utf8)) }
  }

  @Test("reads an object of many members in linear time, the last of a name counting", .timeLimit(.minutes(1)))
  func manyMembers() throws {
    let members = (0..<100_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    let object = try #require(try JSON(parsing: "{\(members),\"k7\":0}").object)
    #expect(object.count == 100_000)
    #expect(object.members[7].key == "k7" && object.members[7].value == 0)
    #expect(JSONObject([("a", 1), ("b", 2), ("a", 3)]) == JSONObject([("a", 3), ("b", 2)]))
  }

  @Test("stops at 256 levels instead of exhausting the stack", arguments: [JSONLeniency.strict, .repairing])
  func depth(leniency: JSONLeniency) {
    #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 100_000), leniency) }
  }

  @Test("writes what it reads, byte for byte, whatever the bytes")
  func roundTrip() throws {
    var state: UInt64 = 42
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    func value(_ depth: Int) -> JSON {
      switch random(depth > 4 ? 5 : 7) {
      case 0: return .null
      case 1: return .bool(random(2) == 0)
      case 2: return .integer(Int64(bitPattern: state))
      case 3: return .number(Double(Int64(bitPattern: state)) / 1024)
      case 4:
        let scalars = (0..<random(8)).compactMap { _ in Unicode.Scalar(UInt32(random(0xD7FF))) }
        return .string(String(String.UnicodeScalarView(scalars)))
      case 5: return .array((0..<random(5)).map { _ in value(depth + 1) })
      default: return .object(JSONObject((0..<random(5)).map { ("k\($0)", value(depth + 1)) }))
      }
    }
    for _ in 0..<2000 {
      let original = value(0)
      for pretty in [false, true] {
        let read = try JSON(parsing: original.bytes(pretty: pretty))
        #expect(read.text() == original.text())
      }
    }
  }

  @Test("keeps the order of members and replaces in place")
  func order() {
    var object = JSONObject([("b", 1), ("a", 2)])
    object["b"] = 3
    object.set("c", nil as String?)
    #expect(JSON.object(object).text() == #"{"b":3,"a":2}"#)
    object["b"] = nil
    #expect(object.keys == ["a"])
  }

  @Test("never traps on bytes that are no text")
  func garbage() {
    for length in 0..<200 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
      _ = try? JSON(parsing: bytes, .repairing)
      _ = try? JSON(parsing: Array("{\"a\":\"".utf8) + bytes, .repairing)
    }
  }
}
