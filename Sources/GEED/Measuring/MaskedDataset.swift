// SPDX-License-Identifier: MIT

/// The images of another data set, with zeros outside the inscribed disc: the mask is applied
/// before the group, so that no content moves out of the image or into it at the corners.
package struct MaskedDataset: DatasetWrapper {
  package let base: any Dataset
  private let mask: DiscMask

  package init(_ base: any Dataset) {
    let shape = base.exampleShape
    precondition(shape.count >= 2, "Expected images [..., H, W], but got shape \(shape).")
    self.base = base
    mask = DiscMask(height: shape[shape.count - 2], width: shape[shape.count - 1])
  }

  package func example(at index: Int) throws -> Tensor {
    let example = try base.example(at: index)
    // A wrong shape is reported by the caller, which knows the names.
    return example.shape == exampleShape ? mask(example) : example
  }
}

/// A part of images to which a measurement is restricted.
public enum ImageMask: String, Sendable, Hashable, Codable, CaseIterable {
  /// The inscribed disc.
  case disc
}

extension DeviationMeasurement {
  /// Returns the same measurement inside a mask: images are masked before the group acts, and
  /// channelwise probes, and those of the equivariance of grids, compare only the same part of the
  /// layer's grid.
  ///
  /// - Precondition: Examples have the shape `[..., H, W]`.
  public func masked(by mask: ImageMask) -> DeviationMeasurement {
    var result = self
    result.mask = mask
    result.dataset = MaskedDataset(dataset)
    result.scaleDataset = scaleDataset.map { MaskedDataset($0) }
    for index in probes.indices where probes[index].comparesGrids {
      result.probes[index].distance = insideDisc(probes[index].distance)
    }
    return result
  }
}

private func insideDisc(_ distance: some Distance) -> any Distance {
  DiscMasked(distance)
}
