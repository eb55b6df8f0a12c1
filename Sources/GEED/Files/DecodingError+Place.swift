// SPDX-License-Identifier: MIT

extension DecodingError {
  /// The context of the failure, without the key that is missing in ``keys``.
  package var context: Context {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context), .dataCorrupted(let context):
      context
    @unknown default: Context(codingPath: [], debugDescription: "\(self)")
    }
  }

  /// The path of the value that cannot be decoded, or is missing.
  package var keys: [any CodingKey] {
    if case .keyNotFound(let key, let context) = self { return context.codingPath + [key] }
    return context.codingPath
  }
}

extension [any CodingKey] {
  /// The path of a value: `results.0.metric`.
  package var path: String {
    map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}
