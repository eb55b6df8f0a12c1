// SPDX-License-Identifier: MIT

/// An error for settings that are well formed but do not fit the data, the network or each other.
public struct UnsuitableSettings: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence that names the setting.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
