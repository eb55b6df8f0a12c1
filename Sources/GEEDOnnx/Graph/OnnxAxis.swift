// SPDX-License-Identifier: MIT

/// One axis of a tensor as an ONNX file declares it.
public enum OnnxAxis: Sendable, Hashable, CustomStringConvertible {
  /// An axis that always has this length.
  case fixed(Int)
  /// An axis whose length is known under a name, such as `batch`.
  case symbol(String)
  /// An axis of which nothing is known but that it is there.
  case unknown

  /// The length where it is fixed.
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

/// Writes a declared shape as people do: `[batch, 3, 224, 224]`.
func describe(_ shape: [OnnxAxis]) -> String {
  "[" + shape.map(\.description).joined(separator: ", ") + "]"
}
