public import Values

/// How a publisher lets its reader in: `[login]`. The secret itself is never here, only the name it is kept under.
public struct Login: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// User name and password with every request (RFC 7617).
    case basic
    /// A token with every request (RFC 6750).
    case bearer
    /// A header field of the publisher's own.
    case header
    /// A file of cookies, as browsers export it.
    case cookies
    /// A form that is sent once, and the cookies that it brings.
    case form
  }

  public var kind: Kind
  /// The name of the credential: a file in systemd's credentials directory or the configured one.
  public var credential: String
  /// For `header`: the field's name.
  public var header: String?
  /// For `form`: where the form is sent, the names of its fields, and what else is sent with it.
  public var url: WebURL?
  /// For `form`: the page that shows the form, when its hidden fields (a token against forgery) have to be sent back.
  public var page: WebURL?
  public var userField = "username"
  public var passwordField = "password"
  public var fields: [(name: String, value: String)] = []
  /// For `form`: a cookie that proves that the login worked; without it, any cookie does.
  public var cookie: String?

  public static func == (a: Login, b: Login) -> Bool {
    a.kind == b.kind && a.credential == b.credential && a.header == b.header && a.url == b.url
      && a.page == b.page && a.userField == b.userField && a.passwordField == b.passwordField && a.cookie == b.cookie
      && a.fields.map(\.name) == b.fields.map(\.name) && a.fields.map(\.value) == b.fields.map(\.value)
  }
}
