import Markup
import Values

/// What a login form hides: fields that the server wants back with the password, a token against forged requests
/// mostly. Where the form goes is not read: the plugin says that, so that no page can send a password elsewhere.
enum HiddenFields {
  struct Failure: Error {
    var message: String
  }

  static let most = 50
  static let longest = 8192

  /// `{"fields": [{"name": …, "value": …}]}` of the form that has the password field.
  static func report(_ page: [UInt8], contentType: String?, passwordField: String) throws(Failure) -> JSON {
    let document: Document
    do throws(MarkupError) {
      document = try Document(html: page, contentType: contentType)
    } catch {
      throw Failure(message: "the login page cannot be read: \(error)")
    }
    let inputs = document.root.descendants(named: ["input"])
    guard
      let password = inputs.first(where: { $0["name"] == passwordField })
        ?? inputs.first(where: { $0["type"]?.lowercased() == "password" })
    else { throw Failure(message: "the login page has no field \(passwordField.prefix(80).debugDescription)") }
    // Without a form around it, all of the page is its form: scripts send such ones.
    let form = password.ancestors.first { $0.name == "form" } ?? document.root
    var fields: [JSON] = []
    for input in form.descendants(named: ["input"]) where input["type"]?.lowercased() == "hidden" {
      guard let name = input["name"], !name.isEmpty, input["disabled"] == nil else { continue }
      let value = input["value"] ?? ""
      guard fields.count < most, name.utf8.count <= longest, value.utf8.count <= longest else {
        throw Failure(message: "the login page hides more than a form should")
      }
      fields.append(["name": .string(name), "value": .string(value)])
    }
    return ["fields": .array(fields)]
  }
}
