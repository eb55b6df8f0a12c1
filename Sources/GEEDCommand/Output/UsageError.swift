// SPDX-License-Identifier: MIT

/// The error for arguments that are well formed but do not fit the model, the data or each other.
///
/// Unlike a `ValidationError` it is printed without a usage message, because the usage was correct.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
