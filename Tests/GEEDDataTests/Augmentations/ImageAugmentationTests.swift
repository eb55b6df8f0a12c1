// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

/// Changes by torchvision, made by `Scripts/fixtures/augmentation_golden.py`.
private struct Golden: Decodable {
  struct Crop: Decodable {
    let window: [Int]
    let values: [Float]
  }

  struct Colors: Decodable {
    struct Step: Decodable {
      let name: String
      let amount: Double
    }
    let steps: [Step]
    let values: [Float]
  }

  struct Blur: Decodable {
    let size: Int
    let sigma: Double
    let values: [Float]
  }

  let crops: [Crop]
  let colors: [Colors]
  let greyContrast, grey: [Float]
  let blurs: [Blur]

  static func read() throws -> Golden { try Fixture.json("augmentations.json", as: Self.self) }

  /// The image of the script.
  static let image: Tensor = {
    var generator = SplitMix64(seed: 7)
    var image = Tensor(
      shape: [3, 6, 8], scalars: (0..<144).map { _ in Float(generator.next() >> 40) * 0x1p-24 })
    for channel in 0..<3 {
      image.scalars[channel * 48 + 2 * 8 + 3] = 0.25
      image.scalars[channel * 48 + 4 * 8 + 5] = 0
    }
    return image
  }()
}

@Suite struct ImageAugmentationTests {
  /// Both sides sum in single precision, 6e-8 a rounding; resizing has weights of 22 bits, 1.2e-7
  /// each; hue divides by the range of a pixel, which magnifies a rounding up to tenfold.
  private func expect(
    _ image: Tensor, _ values: [Float], _ comment: String, within tolerance: Float = 1e-6
  ) {
    let worst = zip(image.scalars, values).map { abs($0 - $1) }.max() ?? .nan
    #expect(
      image.scalars.count == values.count && worst <= tolerance, "\(comment): off by \(worst)")
  }

  @Test func cropsAreThoseOfTorchvision() throws {
    for crop in try Golden.read().crops {
      let w = crop.window
      let window = RandomCrop.Window(top: w[0], left: w[1], height: w[2], width: w[3])
      expect(Golden.image.cropped(to: window), crop.values, "\(w)")
    }
  }

  @Test func colorsAreThoseOfTorchvision() throws {
    let golden = try Golden.read()
    for colors in golden.colors {
      let steps = try colors.steps.map { step -> ColorChange.Step in
        switch step.name {
        case "brightness": .brightness(step.amount)
        case "contrast": .contrast(step.amount)
        case "saturation": .saturation(step.amount)
        default: .hue(try #require(step.name == "hue" ? step.amount : nil))
        }
      }
      expect(ColorChange(steps: steps)(Golden.image), colors.values, "\(steps)")
    }
    let red = Tensor(shape: [1, 6, 8], scalars: Array(Golden.image.scalars[..<48]))
    let grey = ColorChange(steps: [.hue(0.2), .contrast(1.7), .saturation(0)])(red)
    expect(grey, golden.greyContrast, "one channel")
    expect(Golden.image.greyed(), golden.grey, "grey")
    #expect(red.greyed() == red)
  }

  @Test func blursAreThoseOfTorchvision() throws {
    for blur in try Golden.read().blurs {
      let result = Golden.image.blurred(size: blur.size, sigma: blur.sigma)
      expect(result, blur.values, "\(blur.size)")
    }
  }

  @Test("A swap of left and right is the element of the group flip, bit by bit")
  func flip() throws {
    let action = try #require(GroupName("flip")?.action())
    let flipped = try action.prepared(for: Golden.image.shape)(1, Golden.image)
    #expect(Golden.image.leftRightSwapped() == flipped)
  }

  @Test("The default changes no bit, and neither do parameters without effect")
  func identity() {
    var augmentation = ImageAugmentation()
    var generator = SplitMix64(seed: 0)
    #expect(augmentation(Golden.image, using: &generator) == Golden.image)
    var crop = RandomCrop()
    (crop.scale, crop.ratio) = (1...1, (8.0 / 6)...(8.0 / 6))
    augmentation.crop = crop
    augmentation.jitter = ColorJitter()
    var blur = RandomBlur()
    blur.probability = 0
    augmentation.blur = blur
    #expect(augmentation(Golden.image, using: &generator) == Golden.image)
  }

  @Test("Leaving one change out does not alter the draws of the others")
  func separateDraws() {
    var all = ImageAugmentation()
    all.crop = RandomCrop()
    all.flip = 0.5
    var cropped = all
    cropped.flip = 0
    var flips = 0
    for seed in 0..<40 {
      var (first, second) = (SplitMix64(seed: UInt64(seed)), SplitMix64(seed: UInt64(seed)))
      let a = all(Golden.image, using: &first)
      let b = cropped(Golden.image, using: &second)
      #expect(a == b || a == b.leftRightSwapped())
      flips += a == b ? 0 : 1
    }
    // Two chances in 10,000 that 40 fair draws are outside.
    #expect((8...32).contains(flips))
  }

  @Test("Results stay in 0...1")
  func range() {
    var augmentation = ImageAugmentation()
    augmentation.crop = RandomCrop()
    var jitter = ColorJitter()
    (jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue) = (0.8, 0.8, 0.8, 0.2)
    augmentation.jitter = jitter
    augmentation.grey = 0.2
    augmentation.blur = RandomBlur()
    var generator = SplitMix64(seed: 1)
    let results = (0..<50).map { _ in augmentation(Golden.image, using: &generator) }
    #expect(Set(results).count == 50)
    // The weights of a crop sum to 1 up to 22 bits each.
    #expect(results.allSatisfy { $0.scalars.allSatisfy { $0 >= 0 && $0 <= 1 + 1e-6 } })
  }

  @Test func unsuitableImages() {
    var augmentation = ImageAugmentation()
    augmentation.grey = 0.5
    #expect(augmentation.validationError(ofImages: [2, 8, 8])?.contains("2") == true)
    #expect(augmentation.validationError(ofImages: [3, 8, 8]) == nil)
    augmentation.blur = RandomBlur()
    #expect(augmentation.validationError(ofImages: [3, 1, 8])?.contains("2 x 2") == true)
  }
}

/// Four standard deviations of a mean are exceeded once in 16,000 draws of a seed.
@Suite struct AugmentationDrawTests {
  private let count = 4_000

  @Test("Crops have a uniform area and logarithm of the ratio, anywhere in the image")
  func crops() {
    var crop = RandomCrop()
    (crop.scale, crop.ratio) = (0.1...0.5, 0.75...(4.0 / 3))
    var generator = SplitMix64(seed: 2)
    let side = 600
    let windows = (0..<count).map { _ in
      crop.draw(height: side, width: side, using: &generator)
    }
    let areas = windows.map { Double($0.height * $0.width) / Double(side * side) }
    expectUniform(areas, crop.scale, rounding: 0.001)
    let ratios = windows.map { log2(Double($0.width) / Double($0.height)) }
    expectUniform(ratios, log2(0.75)...log2(4.0 / 3), rounding: 0.001)
    expectUniform(windows.map { Double($0.left) / Double(side - $0.width) }, 0...1, rounding: 0)
    expectUniform(windows.map { Double($0.top) / Double(side - $0.height) }, 0...1, rounding: 0)
  }

  @Test("Where no draw fits, the greatest window in the middle is taken")
  func fallback() {
    var crop = RandomCrop()
    (crop.scale, crop.ratio) = (1...1, 2...2)
    var generator = SplitMix64(seed: 3)
    let window = crop.draw(height: 10, width: 10, using: &generator)
    // As torchvision: 10 / 10 is below the ratio 2, so all columns and 10 / 2 rows.
    #expect(window == RandomCrop.Window(top: 2, left: 0, height: 5, width: 10))
    (crop.ratio) = 0.5...0.5
    let narrow = crop.draw(height: 10, width: 10, using: &generator)
    #expect(narrow == RandomCrop.Window(top: 0, left: 2, height: 10, width: 5))
  }

  @Test("Factors are uniform, and all orders equally frequent")
  func jitters() {
    var jitter = ColorJitter()
    (jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue) = (0.4, 1.5, 0.2, 0.1)
    jitter.probability = 0.8
    var generator = SplitMix64(seed: 4)
    let changes = (0..<count).map { _ in jitter.draw(using: &generator) }
    let share = Double(changes.count { $0 != nil }) / Double(count)
    #expect(abs(share - 0.8) < 4 * (0.16 / Double(count)).squareRoot())
    var (brightness, contrast, hue, orders) = ([Double](), [Double](), [Double](), [String: Int]())
    for change in changes.compactMap({ $0 }) {
      var order = ""
      for step in change.steps {
        switch step {
        case .brightness(let factor): (brightness, order) = (brightness + [factor], order + "b")
        case .contrast(let factor): (contrast, order) = (contrast + [factor], order + "c")
        case .saturation: order += "s"
        case .hue(let turns): (hue, order) = (hue + [turns], order + "h")
        }
      }
      orders[order, default: 0] += 1
    }
    expectUniform(brightness, 0.6...1.4, rounding: 0)
    expectUniform(contrast, 0...2.5, rounding: 0)
    expectUniform(hue, -0.1...0.1, rounding: 0)
    #expect(orders.count == 24)
    let expected = 0.8 * Double(count) / 24
    #expect(orders.values.allSatisfy { abs(Double($0) - expected) < 5 * expected.squareRoot() })
  }

  @Test func blurs() {
    let blur = RandomBlur()
    var generator = SplitMix64(seed: 5)
    let sigmas = (0..<count).compactMap { _ in blur.draw(using: &generator) }
    #expect(abs(Double(sigmas.count) / Double(count) - 0.5) < 2 / Double(count).squareRoot())
    expectUniform(sigmas, 0.1...2, rounding: 0)
  }

  /// Compares range, mean and variance with those of a uniform distribution.
  private func expectUniform(
    _ draws: [Double], _ range: ClosedRange<Double>, rounding: Double,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let n = Double(draws.count)
    let length = range.upperBound - range.lowerBound
    let mean = draws.reduce(0, +) / n
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    let (low, high) = (draws.min() ?? .nan, draws.max() ?? .nan)
    #expect(
      low >= range.lowerBound - 3 * rounding && high <= range.upperBound + 3 * rounding,
      sourceLocation: sourceLocation)
    #expect(
      low < range.lowerBound + 0.02 * length && high > range.upperBound - 0.02 * length,
      sourceLocation: sourceLocation)
    #expect(
      abs(mean - (range.lowerBound + range.upperBound) / 2)
        < 4 * length / (12 * n).squareRoot() + rounding, sourceLocation: sourceLocation)
    // The variance of the square of a uniform number in -1/2...1/2 is 1/180.
    #expect(
      abs(variance - length * length / 12) < 4 * length * length / (180 * n).squareRoot()
        + rounding, sourceLocation: sourceLocation)
  }
}
