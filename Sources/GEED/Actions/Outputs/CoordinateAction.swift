// SPDX-License-Identifier: MIT

/// Coordinates in the image that an output holds, and that move as the image does.
///
/// The last axis holds the coordinates of one item; outputs `[N, k]` without that axis hold them one
/// item after the other. *x* grows to the right and *y* downwards.
package struct CoordinateKind: Sendable, Hashable {
  package enum Quantity: String, Sendable, Hashable, CaseIterable {
    /// Displacements (x, y).
    case vector
    /// Positions (x, y).
    case points
    /// Corners of boxes, (x, y) of the upper left one and (x, y) of the lower right one.
    case boxes
    /// Boxes by their center (x, y), width and height.
    case centeredBoxes = "centered-boxes"
  }

  package enum Unit: String, Sendable, Hashable, CaseIterable {
    /// Pixels, with (0, 0) in the center of the first one.
    case pixel
    /// Fractions of the width and the height, from 0 to 1.
    case unit
    /// From −1 to 1.
    case centered
  }

  package let quantity: Quantity
  package let unit: Unit

  /// The number of coordinates of one item.
  package var count: Int { quantity == .vector || quantity == .points ? 2 : 4 }
}

/// The action of a group of movements of the image on coordinates in it.
///
/// Positions that a circular shift moves out of the image enter on the other side.
struct CoordinateAction: GroupAction {
  let group: FiniteGroup
  private let transforms: [GridTransform]
  private let kind: CoordinateKind
  /// Width and height of the image.
  private let size: (x: Double, y: Double)

  /// - Parameter imageShape: The shape of the input, `[..., H, W]`.
  init(
    _ action: ImageAction, _ kind: CoordinateKind, imageShape: [Int]
  ) throws(OutputActionError) {
    guard imageShape.count >= 2 else { throw .noImage(coordinates: "\(kind)", shape: imageShape) }
    group = action.group
    transforms = action.transforms
    self.kind = kind
    size = (Double(imageShape[imageShape.count - 1]), Double(imageShape[imageShape.count - 2]))
    guard kind.count == 4 else { return }
    if let other = transforms.firstIndex(where: {
      $0.quarterTurns == nil || $0.rowShift != 0 || $0.columnShift != 0
    }) {
      throw .turnedBoxes(group: group.name, element: group.elementNames[other])
    }
  }

  var gridAction: (any TransformationAction)? { nil }

  func requireDefined(on shape: [Int]) throws(ActionError) {
    guard let length = shape.last, length > 0,
      shape.count == 1 ? length.isMultiple(of: kind.count) : length == kind.count
    else {
      throw .output(
        .coordinateShape(coordinates: "\(kind)", count: kind.count, shape: shape))
    }
  }

  func changesNothing(_ element: Int, on shape: [Int]) -> Bool {
    let t = transforms[element]
    let isShifted = kind.quantity != .vector && (t.rowShift != 0 || t.columnShift != 0)
    return t.turn == 0 && !t.reflects && !isShifted
  }

  func apply(_ element: Int, to x: [Double], shape: [Int]) -> [Double] {
    if changesNothing(element, on: shape) { return x }
    let t = transforms[element]
    var result = x
    for i in stride(from: 0, to: x.count, by: kind.count) {
      switch kind.quantity {
      case .vector, .points: (result[i], result[i + 1]) = move((x[i], x[i + 1]), by: t)
      case .boxes:
        let (a, b) = (move((x[i], x[i + 1]), by: t), move((x[i + 2], x[i + 3]), by: t))
        (result[i], result[i + 1]) = (min(a.x, b.x), min(a.y, b.y))
        (result[i + 2], result[i + 3]) = (max(a.x, b.x), max(a.y, b.y))
      case .centeredBoxes:
        (result[i], result[i + 1]) = move((x[i], x[i + 1]), by: t)
        if t.swapsAxes {
          let (w, h) = (x[i + 2] * scale.x, x[i + 3] * scale.y)
          (result[i + 2], result[i + 3]) = (h / scale.x, w / scale.y)
        }
      }
    }
    return result
  }

  /// The number of pixels in one unit of each coordinate.
  private var scale: (x: Double, y: Double) {
    switch kind.unit {
    case .pixel: (1, 1)
    case .unit: size
    case .centered: (size.x / 2, size.y / 2)
    }
  }

  /// The coordinates of the image's center.
  private var center: (x: Double, y: Double) {
    switch (kind.quantity, kind.unit) {
    case (.vector, _), (_, .centered): (0, 0)
    case (_, .pixel): ((size.x - 1) / 2, (size.y - 1) / 2)
    case (_, .unit): (0.5, 0.5)
    }
  }

  private func move(_ p: (x: Double, y: Double), by t: GridTransform) -> (x: Double, y: Double) {
    // In pixels from the center.
    var (u, v) = ((p.x - center.x) * scale.x, (p.y - center.y) * scale.y)
    if t.reflects { u = -u }
    let (c, s) = t.cosineAndSine
    (u, v) = (c * u + s * v, c * v - s * u)
    if kind.quantity != .vector {
      u = shifted(u, by: t.columnShift, size.x)
      v = shifted(v, by: t.rowShift, size.y)
    }
    return (center.x + u / scale.x, center.y + v / scale.y)
  }

  /// Returns a position from the center after a circular shift by a fraction of the side.
  private func shifted(_ u: Double, by fraction: Double, _ side: Double) -> Double {
    guard fraction != 0 else { return u }
    let position = u + side / 2 + fraction * side
    return position - (position / side).rounded(.down) * side - side / 2
  }
}
