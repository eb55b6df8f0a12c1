// SPDX-License-Identifier: MIT

#if Torch
import GEED
import Testing
import _GEEDTestSupport

@testable import GEEDModels

@Suite struct RingHarmonicsTests {
  /// The band limits: middle 0, ring 1 up to 2, ring 2 up to 3, the outermost ring up to 2.
  @Test(
    "Rings and band limits",
    arguments: [
      (1, [0]), (3, [0, 2]), (5, [0, 2, 2]), (7, [0, 2, 3, 2]), (9, [0, 2, 3, 6, 2]),
    ])
  func bandLimits(size: Int, frequencies: [Int]) {
    let harmonics = RingHarmonics(size: size)
    #expect(harmonics.rings.map(\.maximumFrequency) == frequencies)
    #expect(harmonics.functionCount == frequencies.reduce(0) { $0 + 1 + 2 * $1 })
    #expect(harmonics.samples().count == harmonics.functionCount)
  }

  /// On 3 × 3 pixels: the middle, then radius 1 with σ = 0.4. Corners are √2 − 1 = 0.41421 off the
  /// ring: exp(−0.414214²/0.32) = 0.584987; the middle is 1 off: exp(−1/0.32) = 0.043937.
  @Test func valuesWorkedByHand() {
    let samples = RingHarmonics(size: 3).samples()
    let corner = 0.584_987
    let expected: [[Double]] = [
      [0, 0, 0, 0, 1, 0, 0, 0, 0],
      [corner, 1, corner, 1, 0.043_937, 1, corner, 1, corner],
      // cos θ: to the right 1, in the corner on the upper right cos 45°.
      [-0.413_648, 0, 0.413_648, -1, 0, 1, -0.413_648, 0, 0.413_648],
      // sin θ: upwards 1.
      [0.413_648, 1, 0.413_648, 0, 0, 0, -0.413_648, -1, -0.413_648],
      // cos 2θ: right 1, up −1. sin 2θ: upper right 1, upper left −1.
      [0, -1, 0, 1, 0, 1, 0, -1, 0],
      [-corner, 0, corner, 0, 0, 0, corner, 0, -corner],
    ]
    #expect(samples.count == expected.count)
    for (function, values) in zip(samples, expected) {
      for (found, value) in zip(function, values) {
        // The digits written above.
        expectClose(found, value, tolerance: 1e-6)
      }
    }
  }

  @Test(
    "Quarter turns and reflections move harmonics as they turn their factors, to the last bit",
    arguments: [3, 5, 7, 9])
  func quarterTurns(size: Int) throws {
    let symmetry = PlanarGroup.dihedral(rotationCount: 4)
    let harmonics = RingHarmonics(size: size)
    let samples = harmonics.samples()
    for g in symmetry.group.elements {
      let places = try pixelImages(symmetry, g, size: size)
      for band in harmonics.bands where band.frequency > 0 {
        let turn = symmetry.harmonicTurn(of: g, frequency: band.frequency)
        let (a, b) = turn(1, 0)
        for (pixel, place) in places.enumerated() {
          let value = samples[band.first][pixel]
          let moved = a * samples[band.first][place] + b * samples[band.first + 1][place]
          #expect(value == moved)
        }
      }
    }
  }
}

/// Where an element that moves pixels onto pixels sends every pixel of a `size` × `size` grid, by GEED's
/// own action on images.
func pixelImages(
  _ symmetry: PlanarGroup, _ g: FiniteGroup.Element, size: Int
) throws -> [Int] {
  let action = try symmetry.imageAction.prepared(for: [size, size])
  let moved = action(g, .counting([size, size]))
  var images = [Int](repeating: 0, count: size * size)
  for (place, pixel) in moved.scalars.enumerated() { images[Int(pixel)] = place }
  return images
}

/// The elements that move pixels onto pixels: quarter turns, and reflections along axes and diagonals.
func exactElements(of symmetry: PlanarGroup) -> [FiniteGroup.Element] {
  symmetry.group.elements.filter {
    (4 * ($0 % symmetry.rotationCount)).isMultiple(of: symmetry.rotationCount)
  }
}
#endif
