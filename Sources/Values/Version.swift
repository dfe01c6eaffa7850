/// The version of all programs of this package (semantic versioning).
public let newswireVersion = "0.1.0"
