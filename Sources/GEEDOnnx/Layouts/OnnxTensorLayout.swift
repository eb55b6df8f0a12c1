// SPDX-License-Identifier: MIT

import GEED

/// The order of a tensor's axes as determined from a graph.
package enum OnnxTensorLayout: Sendable, Hashable {
  /// The order is known: a feature map, or a vector.
  case known(OutputLayout)
  /// The tensor is known not to be a feature map; the reason completes "it …".
  case noFeatureMap(String)
  /// The order cannot be determined from the graph, for the given reason.
  case unknown(String)

  /// A grid alone, such as a map of labels `[N, H, W]`.
  package static let withoutChannels = OnnxTensorLayout.noFeatureMap("has no axis of channels")

  /// The order if it is known; otherwise `nil`.
  package var known: OutputLayout? { if case .known(let layout) = self { layout } else { nil } }

  /// The reason that there is no order, or that it is unknown; otherwise `nil`.
  package var reason: String? {
    switch self {
    case .known: nil
    case .noFeatureMap(let reason), .unknown(let reason): reason
    }
  }

  /// The order if the tensor is a feature map; otherwise `nil`.
  package var featureMap: OutputLayout? { known == .vector ? nil : known }
}

extension LayoutTracker {
  /// Returns the order of a tensor's axes.
  func layout(of name: String) -> OnnxTensorLayout {
    switch readings[name] {
    case nil, .fixed: .noFeatureMap("depends on the shape of the input alone")
    case .unknown(let reason): .unknown(reason)
    case .axes(let axes): Self.layout(of: axes, batchCount: batchCount)
    }
  }

  /// The role of an axis in a feature map.
  private enum Role: Equatable {
    case channels
    case rows(Int)
    case columns(Int)
    case sequence(rows: Int, columns: Int, others: Int)
    case other(String)
  }

  private static func layout(of axes: [TrackedAxis], batchCount: Int) -> OnnxTensorLayout {
    guard let first = axes.first else { return .noFeatureMap("is one number for all examples") }
    guard first.isBatch(of: batchCount) else {
      if first.factors.contains(where: { $0.source == .batch }), first.factors.count > 1 {
        return .noFeatureMap("has parts of examples on its first axis, not whole ones")
      }
      return first.isMixed
        ? .unknown("its first axis may count the examples or not")
        : .noFeatureMap("does not count the examples on its first axis")
    }
    let row = axes.dropFirst()
    if row.count <= 1, !row.contains(where: { $0.sequence != nil }) { return .known(.vector) }
    if row.contains(where: \.isMixed) {
      return .unknown("places were mixed, or taken apart, on the way to it")
    }
    guard row.contains(where: \.hasPlace) else {
      let long = row.filter { $0.length > 1 }
      if row.contains(where: { $0.source == .otherTokens }) {
        return .noFeatureMap("holds class or register tokens alone")
      }
      if long.count <= 1 { return .known(.vector) }
      return row.count == 3 && row.suffix(2).allSatisfy { $0.length > 1 }
        ? .unknown("its last two axes may be a grid or not")
        : .noFeatureMap("has no axis of places in the image")
    }
    return layout(ofRoles: row.map(role), axes: Array(row))
  }

  private static func role(of axis: TrackedAxis) -> Role {
    if let lines = axis.rows ?? axis.columns {
      guard lines.areCentered else {
        return .other(lines.validationError(of: axis.rows == nil ? "columns" : "rows"))
      }
      return axis.rows == nil ? .columns(lines.count) : .rows(lines.count)
    }
    if let sequence = axis.sequence {
      return sequence.behind == 0
        ? .sequence(rows: sequence.rows, columns: sequence.columns, others: sequence.before)
        : .other("has other tokens behind those of the grid")
    }
    let places = axis.factors.filter(\.isPlace)
    if places.isEmpty { return .channels }
    // Blocks of lines form a coarser grid, whose channels are the contents of a block.
    let blocks = axis.factors.map { $0.coarseLines }
    if blocks.count == 1, let lines = blocks[0] {
      return lines.isRows ? .rows(lines.count) : .columns(lines.count)
    }
    if blocks.count == 2, let rows = blocks[0], let columns = blocks[1], rows.isRows,
      !columns.isRows
    {
      return .sequence(rows: rows.count, columns: columns.count, others: 0)
    }
    if places.allSatisfy(\.isInner) {
      return axis.factors.count > places.count ? .channels : .other("holds windows of the grid")
    }
    if axis.factors.count == 2, TrackedAxis([axis.factors[0]]).columns != nil,
      TrackedAxis([axis.factors[1]]).rows != nil
    {
      return .other("keeps its grid column by column")
    }
    return .other("has rows or columns and other things on one axis")
  }

  private static func layout(ofRoles roles: [Role], axes: [TrackedAxis]) -> OnnxTensorLayout {
    for role in roles { if case .other(let reason) = role { return .noFeatureMap(reason) } }
    let isChannels = roles.map { $0 == .channels }
    let places = roles.filter { $0 != .channels }
    let channelCount = roles.count - places.count
    switch places.count {
    case 1:
      guard case .sequence(let rows, let columns, let others) = places[0] else {
        return .noFeatureMap("has only one of rows and columns")
      }
      if roles.count == 2, channelCount == 1 {
        return isChannels[1]
          ? .known(.tokens(rows: rows, columns: columns, others: others))
          : .noFeatureMap("has its grid on one axis, behind the channels")
      }
      return .noFeatureMap(
        channelCount == 0 ? "has no axis of channels" : "has its channels on several axes")
    case 2:
      switch (places[0], places[1]) {
      case (.rows, .columns): break
      case (.columns, .rows): return .noFeatureMap("has columns before rows")
      default:
        return .noFeatureMap("holds a number for every pair of places, as attention does")
      }
      if channelCount == 0 { return .withoutChannels }
      if isChannels.suffix(2) == [false, false] { return .known(.nchw) }
      if isChannels.prefix(2) == [false, false] { return .known(.nhwc) }
      return .noFeatureMap("has channels between rows and columns")
    default:
      return .noFeatureMap("has places of the image on \(places.count) axes")
    }
  }
}

extension AxisFactor {
  /// The lines of the coarser grid, one for each block of lines, if the factor counts blocks.
  fileprivate var coarseLines: (isRows: Bool, count: Int)? {
    guard let grid, isCoarse else { return nil }
    return (grid.isRows, length)
  }
}
