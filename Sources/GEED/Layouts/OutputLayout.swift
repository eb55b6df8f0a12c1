// SPDX-License-Identifier: MIT

/// The order of the axes of an output: where a feature map keeps its channels and its grid.
///
/// Channelwise probes compare arrays `[C, H, W]`. A probe with a layout brings its outputs into
/// this order first.
public enum OutputLayout: Sendable, Hashable {
  /// Channels first, `[N, C, H, W]`. Where channels take several axes, as in `[N, C, |G|, H, W]`,
  /// these are read as one.
  case nchw
  /// Channels last, `[N, H, W, C]`, where they may take several axes as well.
  case nhwc
  /// A sequence of `others` + `rows` · `columns` tokens, `[N, T, C]`: first the class and register
  /// tokens, which are set aside, then the grid row by row.
  case tokens(rows: Int, columns: Int, others: Int)
  /// No grid: `[N, ...]`, as it is.
  case vector
}

extension OutputLayout: LosslessStringConvertible {
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

  /// Reads what ``description`` writes; `nil` for anything else.
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

  /// A count of at most nine digits, so that products of two cannot overflow.
  private static func count(_ text: Substring) -> Int? {
    (1...9).contains(text.count) && text.utf8.allSatisfy { (48...57).contains($0) }
      ? Int(text) : nil
  }
}

extension OutputLayout: Codable {
  /// Reads the text that ``description`` writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let layout = OutputLayout(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is no layout.")
    }
    self = layout
  }

  /// Writes ``description``.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
