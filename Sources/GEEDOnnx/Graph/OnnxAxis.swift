// SPDX-License-Identifier: MIT

/// One axis of a tensor as an ONNX file declares it.
public enum OnnxAxis: Sendable, Hashable, CustomStringConvertible {
  /// An axis of this fixed length.
  case fixed(Int)
  /// An axis whose length is variable and has a name, such as `batch`.
  case symbol(String)
  /// An axis of unknown length.
  case unknown

  /// The length if it is fixed; otherwise `nil`.
  public var length: Int? {
    if case .fixed(let length) = self { length } else { nil }
  }

  /// The length, the name, or `?`.
  public var description: String {
    switch self {
    case .fixed(let length): "\(length)"
    case .symbol(let name): name
    case .unknown: "?"
    }
  }
}

/// Returns the text of a declared shape: `[batch, 3, 224, 224]`.
func describe(_ shape: [OnnxAxis]) -> String {
  "[" + shape.map(\.description).joined(separator: ", ") + "]"
}
