// SPDX-License-Identifier: MIT

/// A factor of an axis: what the positions along the axis, or a part of it, count.
///
/// An axis is a product of factors, outermost first: after a reshape of `[N, H, W, C]` to
/// `[N, H·W, C]`, axis 1 has the factors rows and columns. A factor counts its source in steps:
/// position *i* covers the `stride` source positions that begin at *i* · `stride`.
struct AxisFactor: Hashable {
  enum Source: Hashable {
    /// Examples.
    case batch
    /// Rows of the grid of the image.
    case rows(GridLines)
    /// Columns of the grid of the image.
    case columns(GridLines)
    /// A grid in row-major order, with other tokens before and after it.
    case tokens(rows: Int, columns: Int, before: Int, behind: Int)
    /// Tokens that have no position on the grid.
    case otherTokens
    /// Features, in any order.
    case features
    /// Numbers of an input that is not an image, in an unknown order.
    case given
    /// Positions that the graph has mixed, for instance by a matrix over the grid.
    case mixed
  }

  var source: Source
  var length: Int
  var stride = 1

  /// The rows or columns that the factor counts, or `nil`.
  var grid: (lines: GridLines, isRows: Bool)? {
    switch source {
    case .rows(let lines): (lines, true)
    case .columns(let lines): (lines, false)
    default: nil
    }
  }

  private var isTokens: Bool { if case .tokens = source { true } else { false } }

  /// Whether the factor counts positions in the image.
  var isPlace: Bool { grid != nil || isTokens }

  /// Whether the factor is a single line of a grid that has, or had, more.
  var isOneOfSeveral: Bool {
    grid.map { $0.lines.count == 1 && ($0.lines.total > 1 || !$0.lines.areCentered) } ?? false
  }

  /// Whether the factor counts positions inside of blocks of lines.
  var isInner: Bool { grid.map { stride * length < $0.lines.count } ?? false }

  /// Whether the factor counts the blocks of lines of a whole grid.
  var isCoarse: Bool {
    stride > 1 && grid.map { $0.lines.areWhole && stride * length == $0.lines.total } ?? false
  }

  var canSplit: Bool { !isTokens }

  /// Splits the factor into two: `outer` steps of an inner one.
  func split(outer: Int) -> [AxisFactor] {
    guard canSplit else { return [AxisFactor(source: .mixed, length: length)] }
    let inner = length / outer
    return [
      AxisFactor(source: source, length: outer, stride: stride * inner),
      AxisFactor(source: source, length: inner, stride: stride),
    ].filter { $0.length != 1 }
  }

  /// Merges this factor with the one inside of it; `nil` if they are not consecutive.
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

  /// Whether the meaning of some positions is unknown.
  var isMixed: Bool { factors.contains { $0.source == .mixed || $0.source == .given } }

  /// The source of the only factor, or `nil` if there are several or the factor is incomplete.
  var source: AxisFactor.Source? {
    guard factors.count == 1, factors[0].stride == 1 else { return nil }
    let isWhole = factors[0].grid.map { $0.lines.count == factors[0].length } ?? true
    return isWhole ? factors[0].source : nil
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
    return factors.allSatisfy { $0.grid?.lines.areAll ?? true } ? 4 : 3
  }
}
