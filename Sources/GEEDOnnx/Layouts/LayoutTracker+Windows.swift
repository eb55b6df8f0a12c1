// SPDX-License-Identifier: MIT

extension LayoutTracker {
  /// Tracks a convolution: its channels are new features, and its grid has the lengths of the
  /// output.
  func convolved(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    let kernel =
      node.integers("kernel_shape")
      ?? node.input(at: 1).flatMap { shapes[$0] }.map { Array($0.dropFirst(2)) }
    return windowed(
      node, shape, isPointwise: kernel?.allSatisfy { $0 == 1 } ?? false, keepsChannels: false)
  }

  func pooled(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    windowed(node, shape, isPointwise: false, keepsChannels: true)
  }

  private func windowed(
    _ node: ProtoNode, _ shape: [Int], isPointwise: Bool, keepsChannels: Bool
  ) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0), axes.count == shape.count, axes.count >= 3,
      axes[0].length == shape[0]
    else { return nil }
    let isLast = node.opType.hasPrefix("Nhwc") || node.integer("channels_last") == 1
    let channels = isLast ? axes.count - 1 : 1
    let spatial = axes.indices.filter { $0 != 0 && $0 != channels }
    guard !axes[channels].hasPlace else { return nil }
    // A window over the numbers of an input that is not an image gives them a meaning: it moves
    // along rows and columns.
    let isOpen =
      spatial.count == 2 && spatial.allSatisfy { axes[$0].isGiven }
      && (axes[channels].isGiven || axes[channels].isFeatures)
      && axes[0].isBatch(of: batchCount) && spatial.contains { axes[$0].length != 1 }
    var result = axes
    result[channels] = keepsChannels ? axes[channels] : .features(shape[channels])
    for (position, index) in spatial.enumerated() {
      let length = shape[index]
      if isOpen {
        result[index] = position == 0 ? .rows(length) : .columns(length)
      } else if let grid = axes[index].resized(length) {
        result[index] = grid
      } else if !isPointwise || length != axes[index].length {
        result[index] = .mixed(length)
      }
    }
    return result
  }

  /// Tracks a pooling over the whole grid.
  func globallyPooled(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0), axes.count == shape.count else { return nil }
    let channels = node.integer("channels_last") == 1 ? axes.count - 1 : 1
    let result = axes.indices.map { $0 == 0 || $0 == channels ? axes[$0] : TrackedAxis() }
    return result.map(\.length) == shape ? result.coarsened() : nil
  }

  /// Tracks a resize to a finer or coarser grid of the same image, unless a part of it is
  /// cropped.
  func resized(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0), axes.count == shape.count,
      node.text("coordinate_transformation_mode") != "tf_crop_and_resize"
    else { return nil }
    return zip(axes, shape).map {
      $0.length == $1 ? $0 : $0.resized($1) ?? $0.withoutLines($1)
    }
  }

  /// Tracks padding: lines are added at the borders, or removed by negative numbers.
  func padded(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    let pads = node.integers("pads") ?? node.integers("paddings", orInput: 1, integers)
    let named: [Int]? = node.input(at: 3).map(integers) ?? Array(shape.indices)
    guard var result = axes(of: node, input: 0), result.count == shape.count, let pads, let named,
      pads.count == 2 * named.count
    else { return nil }
    for (position, axis) in named.enumerated() {
      let index = axis.axisIndex(ofRank: shape.count)
      let (before, behind) = (pads[position], pads[position + named.count])
      guard shape.indices.contains(index), max(before.magnitude, behind.magnitude) < 1 << 40 else {
        return nil
      }
      if before == 0, behind == 0 { continue }
      result[index] = result[index].padded(before: before, behind: behind, to: shape[index])
    }
    return result.map(\.length) == shape ? result : nil
  }

  /// Tracks an unpooling, in which values return to the lines that they were taken from.
  func unpooled(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    // A grid of a given size is filled from its first line.
    guard node.input(at: 2) == nil, let axes = axes(of: node, input: 0),
      let places = self.axes(of: node, input: 1), axes.dropFirst(2) == places.dropFirst(2)
    else { return nil }
    return pooled(node, shape)
  }

  /// Tracks `DepthToSpace` and `SpaceToDepth`, which are defined only for `[N, C, H, W]`.
  func regridded(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0), axes.count == 4, shape.count == 4,
      axes[0].length == shape[0], !axes[1].hasPlace, axes[2].rows?.areCentered == true,
      axes[3].columns?.areCentered == true
    else { return nil }
    return [axes[0], .features(shape[1]), .rows(shape[2]), .columns(shape[3])]
  }
}

extension TrackedAxis {
  /// Whether the axis counts only the examples.
  func isBatch(of count: Int) -> Bool {
    count == 1 ? factors.isEmpty : source == .batch && length == count
  }

  /// Whether the axis holds numbers of an input in an unknown order.
  var isGiven: Bool { factors.allSatisfy { $0.source == .given } }

  /// A grid with the same center and another number of lines, or `nil` without such a grid.
  func resized(_ count: Int) -> TrackedAxis? {
    guard let lines = rows ?? columns, lines.areCentered else { return nil }
    return rows == nil ? .columns(count) : .rows(count)
  }

  /// The axis with lines added at its borders, or removed by negative numbers.
  func padded(before: Int, behind: Int, to count: Int) -> TrackedAxis {
    guard let lines = rows ?? columns else { return withoutLines(count) }
    guard let padded = lines.padded(before: before, behind: behind, to: count) else {
      return .mixed(count)
    }
    return TrackedAxis(rows == nil ? .columns(padded) : .rows(padded), count)
  }

  fileprivate func withoutLines(_ count: Int) -> TrackedAxis {
    if factors.isEmpty || source == .features { return .features(count) }
    return source == .given ? TrackedAxis(.given, count) : .mixed(count)
  }
}
