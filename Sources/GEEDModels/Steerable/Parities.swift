// SPDX-License-Identifier: MIT

import GEED

/// The parities, even or odd, of functions and channels under those of the half turn and the
/// reflection that a group has.
///
/// These elements commute and are their own inverses. Every circular harmonic is therefore even or
/// odd under each of them, and so are suitable combinations of the channels of a field. A class has
/// a bit for each element, set for odd. A kernel that is invariant under the group maps class *c*
/// to class *c′* only through harmonics of the class *c* xor *c′*.
struct Parities {
  private let symmetry: PlanarGroup
  private let generators: [FiniteGroup.Element]

  init(of symmetry: PlanarGroup) {
    let n = symmetry.rotationCount
    self.symmetry = symmetry
    generators =
      (n.isMultiple(of: 2) ? [n / 2] : []) + (symmetry.hasReflections ? [n] : [])
  }

  /// The number of classes: 1, 2 or 4.
  var classCount: Int { 1 << generators.count }

  /// The class of each function of a band.
  func classes(of band: RingHarmonics.Band) -> [Int] {
    zip(band.functions, [(1.0, 0.0), (0.0, 1.0)]).map { _, factors in
      generators.enumerated().reduce(0) { bits, generator in
        let turn = symmetry.harmonicTurn(of: generator.element, frequency: band.frequency)
        // The image is the function times ±1.
        let image = band.frequency == 0 ? (1, 0) : turn(factors.0, factors.1)
        let isOdd = image.0 * factors.0 + image.1 * factors.1 < 0
        return bits | (isOdd ? 1 << generator.offset : 0)
      }
    }
  }

  /// An orthonormal basis of the combinations of a field's channels: the vectors of each class.
  func vectors(of field: FeatureFields) -> [[[Double]]] {
    let permutations = field.type.permutations(of: symmetry.group).map(\.images)
    let elements = (0..<classCount).map(element(_:))
    var vectors = [[[Double]]](repeating: [], count: classCount)
    var isKnown = [Bool](repeating: false, count: field.fieldSize)
    for channel in 0..<field.fieldSize where !isKnown[channel] {
      for parity in 0..<classCount {
        var vector = [Double](repeating: 0, count: field.fieldSize)
        for (bits, g) in elements.enumerated() {
          let image = permutations[g][channel]
          isKnown[image] = true
          vector[image] += (bits & parity).nonzeroBitCount.isMultiple(of: 2) ? 1 : -1
        }
        let square = vector.reduce(0) { $0 + $1 * $1 }
        if square > 0 { vectors[parity].append(vector.map { $0 / square.squareRoot() }) }
      }
    }
    return vectors
  }

  /// The product of the generators whose bits are set.
  private func element(_ bits: Int) -> FiniteGroup.Element {
    generators.enumerated().reduce(symmetry.group.identity) { g, generator in
      bits & 1 << generator.offset == 0 ? g : symmetry.group.product(generator.element, g)
    }
  }
}
