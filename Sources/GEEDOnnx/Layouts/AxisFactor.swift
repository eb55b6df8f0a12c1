// SPDX-License-Identifier: MIT

/// What the places along an axis count, or along a part of it.
///
/// An axis is a product of factors, outermost first: after a reshaping `[N, H, W, C]` to
/// `[N, H·W, C]` axis 1 has the factors rows and columns. A factor counts its source in steps:
/// place *i* is the source's *i* · `stride`, up to `stride` − 1.
struct AxisFactor: Hashable {
  enum Source: Hashable {
    /// Examples.
    case batch
    /// Rows of the grid of pictures.
    case rows(GridLines)
    /// Columns of the grid of pictures.
    case columns(GridLines)
    /// A grid row by row, with other tokens before and behind it.
    case tokens(rows: Int, columns: Int, before: Int, behind: Int)
    /// Tokens that have no place on the grid.
    case otherTokens
    /// Features, in whatever order.
    case features
    /// Numbers of an input that is no picture, in an order that is not known.
    case given
    /// Places that the graph has mixed, by a matrix over the grid for instance.
    case mixed
  }

  var source: Source
  var length: Int
  var stride = 1

  /// Whether the factor says where in the picture something is.
  var isPlace: Bool {
    switch source {
    case .rows, .columns, .tokens: true
    case .batch, .otherTokens, .features, .given, .mixed: false
    }
  }

  /// Whether the factor is a single line of a grid that has more, or had.
  var isOneOfSeveral: Bool {
    switch source {
    case .rows(let lines), .columns(let lines):
      lines.count == 1 && (lines.total > 1 || !lines.areCentered)
    default: false
    }
  }

  /// The same factor in two: `outer` steps of an inner one.
  func split(outer: Int) -> [AxisFactor] {
    if case .tokens = source { return [AxisFactor(source: .mixed, length: length)] }
    let inner = length / outer
    return [
      AxisFactor(source: source, length: outer, stride: stride * inner),
      AxisFactor(source: source, length: inner, stride: stride),
    ].filter { $0.length != 1 }
  }

  /// This factor and the one inside of it as one, or `nil` if they are not consecutive.
  func merged(with inner: AxisFactor) -> AxisFactor? {
    guard source == inner.source else { return nil }
    switch source {
    case .features, .given, .mixed, .otherTokens:
      return AxisFactor(source: source, length: length * inner.length)
    case .tokens: return nil
    case .batch, .rows, .columns:
      guard stride == inner.stride * inner.length else { return nil }
      return AxisFactor(source: source, length: length * inner.length, stride: inner.stride)
    }
  }
}

/// The factors of one axis; none for an axis of length 1.
struct TrackedAxis: Hashable {
  private(set) var factors: [AxisFactor]

  init(_ factors: [AxisFactor] = []) {
    self.factors = []
    for factor in factors where factor.length != 1 || factor.isOneOfSeveral {
      if let last = self.factors.last, let merged = last.merged(with: factor) {
        self.factors[self.factors.count - 1] = merged
      } else {
        self.factors.append(factor)
      }
    }
  }

  init(_ source: AxisFactor.Source, _ length: Int) {
    self.init([AxisFactor(source: source, length: length)])
  }

  static func rows(_ count: Int) -> TrackedAxis { TrackedAxis(.rows(GridLines(count)), count) }
  static func columns(_ count: Int) -> TrackedAxis {
    TrackedAxis(.columns(GridLines(count)), count)
  }
  static func features(_ count: Int) -> TrackedAxis { TrackedAxis(.features, count) }
  static func mixed(_ count: Int) -> TrackedAxis { TrackedAxis(.mixed, count) }

  var length: Int { factors.reduce(1) { $0 * $1.length } }

  var hasPlace: Bool { factors.contains(where: \.isPlace) }

  /// Whether it is not known what some of the places mean.
  var isMixed: Bool { factors.contains { $0.source == .mixed || $0.source == .given } }

  /// The only factor, if there is one and it is whole.
  var source: AxisFactor.Source? {
    guard factors.count == 1, factors[0].stride == 1 else { return nil }
    switch factors[0].source {
    case .rows(let lines), .columns(let lines):
      return lines.count == factors[0].length ? factors[0].source : nil
    default: return factors[0].source
    }
  }

  /// The rows that the axis consists of.
  var rows: GridLines? { if case .rows(let lines)? = source { lines } else { nil } }

  /// The columns that the axis consists of.
  var columns: GridLines? { if case .columns(let lines)? = source { lines } else { nil } }

  /// The precedence of the axis's meaning when tensors are combined elementwise; a more certain
  /// meaning has a higher rank.
  var rank: Int {
    if factors.isEmpty { return 0 }
    if isMixed { return 1 }
    guard hasPlace || factors.contains(where: { $0.source == .batch }) else { return 2 }
    let isWhole = factors.allSatisfy { factor in
      switch factor.source {
      case .rows(let lines), .columns(let lines): lines.areAll
      default: true
      }
    }
    return isWhole ? 4 : 3
  }
}
