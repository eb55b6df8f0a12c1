// SPDX-License-Identifier: MIT

import GEED
import Testing

@Suite struct RandomRotationTests {
  /// A bright pixel off the center: where it goes tells the angle.
  private let spot: Tensor = {
    var image = Tensor(repeating: 0, shape: [1, 21, 21])
    image.scalars[10 * 21 + 18] = 1
    return image
  }()

  @Test("The same draw turns every channel alike, and the same seed gives the same picture")
  func repeatable() {
    var (first, second) = (SplitMix64(seed: 3), SplitMix64(seed: 3))
    let pair = Tensor(shape: [2, 21, 21], scalars: spot.scalars + spot.scalars)
    let once = RandomRotation()(pair, using: &first)
    let again = RandomRotation()(spot, using: &second)
    #expect(Array(once.scalars.prefix(441)) == again.scalars)
    #expect(Array(once.scalars.suffix(441)) == again.scalars)
  }

  @Test("One draw is taken for each picture")
  func oneDraw() {
    var (drawn, counted) = (SplitMix64(seed: 9), SplitMix64(seed: 9))
    _ = RandomRotation()(spot, using: &drawn)
    _ = counted.next(below: RandomRotation.stepCount)
    #expect(drawn.next() == counted.next())
  }

  /// The spot stays 8 pixels from the center. 400 angles in 8 sectors: 50 each on average with a
  /// deviation of 6.6, so 5 deviations leave one chance in 200,000 that a sector is missed.
  @Test("All directions are equally likely")
  func uniform() {
    var generator = SplitMix64(seed: 1)
    var sectors = [Int](repeating: 0, count: 8)
    for _ in 0..<400 {
      let turned = RandomRotation()(spot, using: &generator)
      var (down, right, total) = (0.0, 0.0, 0.0)
      for (i, value) in turned.scalars.enumerated() {
        down += Double(value) * Double(i / 21 - 10)
        right += Double(value) * Double(i % 21 - 10)
        total += Double(value)
      }
      (down, right) = (down / total, right / total)
      // Bilinear weights keep the center of mass to a quarter of a pixel.
      #expect(abs((down * down + right * right).squareRoot() - 8) < 0.25)
      let sector = (down > 0 ? 4 : 0) + (right > 0 ? 2 : 0) + (abs(down) > abs(right) ? 1 : 0)
      sectors[sector] += 1
    }
    #expect(sectors.allSatisfy { abs($0 - 50) < 33 })
  }
}
