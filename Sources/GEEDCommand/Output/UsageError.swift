// SPDX-License-Identifier: MIT

/// Arguments that are well formed, and do not fit the model, the data or each other.
///
/// Unlike a `ValidationError` it is printed without a reminder of the usage, which was right.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
