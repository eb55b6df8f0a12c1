// SPDX-License-Identifier: MIT

/// The action on maps whose pixels hold coordinates, such as an optical flow: the grid moves, and so do
/// the coordinates of each pixel.
///
/// - Shape: `[kC, H, W]`, with C coordinates of each of k items in every pixel.
struct CoordinateMapAction: GroupAction, OperatorAction {
  let coordinates: CoordinateAction
  /// The action on the grid of every channel.
  let grid: any TransformationAction

  var group: FiniteGroup { coordinates.group }

  var gridAction: (any TransformationAction)? { grid.gridAction }

  func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    guard shape.count == 3 else {
      throw .missingAxes(group: group.name, shape: shape, expected: "[C, H, W]")
    }
    let channels = [shape[0]]
    try coordinates.requireDefined(on: channels)
    let (count, pixels) = (Tensor.count(of: shape), shape[1] * shape[2])
    return zip(group.elements, try grid.operators(on: shape)).map { element, moved in
      if coordinates.changesNothing(element, on: channels) { return moved }
      let map = FunctionMap(count: count, isIdentity: false) { x in
        var result = moved(x)
        for pixel in 0..<pixels {
          let places = stride(from: pixel, to: count, by: pixels)
          let values = coordinates.apply(element, to: places.map { result[$0] }, shape: channels)
          for (place, value) in zip(places, values) { result[place] = value }
        }
        return result
      }
      return ArrayOperator(map, count: count)
    }
  }
}
