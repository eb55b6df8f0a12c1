// SPDX-License-Identifier: MIT

/// The order of the axes of an output: the positions of the channels and the grid of a feature map.
///
/// Channelwise probes compare arrays `[C, H, W]`. A probe with a layout first rearranges its
/// outputs into this order.
public enum OutputLayout: Sendable, Hashable {
  /// Channels first, `[N, C, H, W]`. Channels on several axes, as in `[N, C, |G|, H, W]`, are read
  /// as one axis.
  case nchw
  /// Channels last, `[N, H, W, C]`, where they may be on several axes too.
  case nhwc
  /// A sequence of `others` + `rows` · `columns` tokens, `[N, T, C]`: first the class and register
  /// tokens, which are left out, then the grid row by row.
  case tokens(rows: Int, columns: Int, others: Int)
  /// No grid: `[N, ...]`, unchanged.
  case vector
}

extension OutputLayout: StringCodable {
  public static var expectation: String { "a layout such as nchw" }

  /// `nchw`, `nhwc`, `tokens:14x14`, `tokens:14x14+1` or `vector`.
  public var description: String {
    switch self {
    case .nchw: "nchw"
    case .nhwc: "nhwc"
    case .tokens(let rows, let columns, let others):
      "tokens:\(rows)x\(columns)" + (others == 0 ? "" : "+\(others)")
    case .vector: "vector"
    }
  }

  /// Creates a layout from its ``description``; `nil` for any other text.
  public init?(_ description: String) {
    switch description {
    case "nchw": self = .nchw
    case "nhwc": self = .nhwc
    case "vector": self = .vector
    default:
      guard description.hasPrefix("tokens:") else { return nil }
      let words = description.dropFirst("tokens:".count)
        .split(separator: "+", omittingEmptySubsequences: false)
      let sides = words[0].split(separator: "x", omittingEmptySubsequences: false)
        .map(Self.count)
      let others = words.count == 2 ? Self.count(words[1]) : words.count == 1 ? 0 : nil
      guard sides.count == 2, let rows = sides[0], let columns = sides[1], let others, rows > 0,
        columns > 0
      else { return nil }
      self = .tokens(rows: rows, columns: columns, others: others)
    }
  }

  /// Returns a count of at most nine digits, so that products of two counts cannot overflow.
  private static func count(_ text: Substring) -> Int? {
    (1...9).contains(text.count) && text.utf8.allSatisfy { (48...57).contains($0) }
      ? Int(text) : nil
  }
}
