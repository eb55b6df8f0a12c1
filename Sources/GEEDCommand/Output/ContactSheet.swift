// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// An image of orbits: a row for each example, a column for each element of the group.
struct ContactSheet {
  /// The orbits `[|G|, C, H, W]` of images that were made by ``preprocessing``.
  let orbits: [Tensor]
  let preprocessing: Preprocessing

  /// Returns the caption: the names of the columns and the numbers of the examples.
  static func caption(columns: TransformationSet, examples: [Int]) -> String {
    // Names such as `blur 0.5` contain blanks.
    let names = columns.elementNames
    let text = names.joined(separator: names.contains { $0.contains(" ") } ? ", " : " ")
    return "columns \(text); rows examples " + examples.map(String.init).joined(separator: " ")
  }

  /// The sheet as an image. Small images are enlarged by whole pixels; a gap of 2 separates them.
  var picture: Image {
    let shape = orbits[0].shape
    let zoom = max(1, 84 / max(shape[shape.count - 2], shape[shape.count - 1]))
    let cells = orbits.flatMap { orbit in
      (0..<shape[0]).map {
        Image(orbit.row($0), undoing: preprocessing, range: 0...1).converted(toChannels: 3)
          .enlarged(by: zoom)
      }
    }
    return Image(cells: cells, columns: shape[0], gap: 2)
  }
}
