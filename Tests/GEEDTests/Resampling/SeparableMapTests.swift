// SPDX-License-Identifier: MIT

import Foundation
@testable import GEED
import Testing
import _GEEDTestSupport

@Suite struct SeparableMapTests {
  @Test(
    "Scaling is that of Pillow on a picture with zeros around it",
    arguments: Changes.values.scalings)
  func scaling(golden: Changes.Scaling) throws {
    let interpolation = try #require(Interpolation(rawValue: golden.interpolation))
    let map = GridMap.scaling(
      by: golden.factor, height: golden.height, width: golden.width, interpolation: interpolation)
    expect(map, of: golden.image, is: golden.result, height: golden.height, width: golden.width)
  }

  @Test("Blur is scipy's, reflected at the border", arguments: Changes.values.blurs)
  func blur(golden: Changes.Blur) {
    let map = GridMap.gaussianBlur(
      sigma: golden.sigma, height: golden.height, width: golden.width)
    expect(map, of: golden.image, is: golden.result, height: golden.height, width: golden.width)
  }

  @Test("Nearest takes single pixels at any size")
  func nearest() {
    // On four pixels about 1.5, half the size reads from −1.5, 0.5, 2.5, 4.5; halves go to even.
    let map = GridMap.scaling(by: 0.5, height: 1, width: 4, interpolation: .nearest)
    expect(map, of: [1, 2, 3, 4], is: [0, 1, 3, 0], height: 1, width: 4)
  }

  @Test("Factor 1 and no blur change nothing")
  func identities() {
    #expect(GridMap.scaling(by: 1, height: 5, width: 6) == .identity)
    #expect(GridMap.gaussianBlur(sigma: 0, height: 5, width: 6) == .identity)
    #expect(GridMap.gaussianBlur(sigma: 0.12, height: 5, width: 6) == .identity)  // radius 0
  }

  @Test(
    "A constant picture survives blur everywhere, and shrinking inside", arguments: [0.3, 1, 4])
  func constants(amount: Double) {
    let ones = Tensor(repeating: 1, shape: [24, 24])
    let blurred = apply(.gaussianBlur(sigma: amount, height: 24, width: 24), to: ones)
    // Weights are rounded to Float, one rounding for each of up to 33 along either axis.
    #expect(areEqual(blurred, ones, tolerance: 4e-6))
    let shrunk = apply(.scaling(by: min(amount, 0.9), height: 24, width: 24), to: ones)
    #expect(abs(shrunk.scalars[12 * 24 + 12] - 1) < 4e-6)
    if amount < 0.9 { #expect(shrunk.scalars[0] == 0) }
  }

  @Test("Blur keeps the mean brightness")
  func blurKeepsMean() {
    var generator = SplitMix64(seed: 3)
    let x = Tensor.random([7, 11], using: &generator)
    let blurred = apply(.gaussianBlur(sigma: 1.7, height: 7, width: 11), to: x)
    #expect(abs(blurred.scalars.reduce(0, +) - x.scalars.reduce(0, +)) < 1e-4)
  }

  @Test("All channels change alike")
  func channels() throws {
    var generator = SplitMix64(seed: 4)
    let x = Tensor.random([3, 6, 5], using: &generator)
    let blur = ImageTransformations(.blur, from: 0.5, to: 1.5, count: 2)
    let (stack, single) = (try blur.prepared(for: [3, 6, 5]), try blur.prepared(for: [6, 5]))
    for channel in 0..<3 { #expect(stack(2, x).row(channel) == single(2, x.row(channel))) }
  }

  private func apply(_ map: GridMap, to x: Tensor) -> Tensor {
    let count = x.scalars.count
    let action = PreparedAction(
      TransformationSet(family: "test", elementNames: ["a", "b"], summary: ""), shape: x.shape,
      operators: [
        .identity(count: count), ArrayOperator(count: count, blockSize: count, map: map),
        .identity(count: count),
      ])
    return action(1, x)
  }

  private func expect(
    _ map: GridMap, of image: [Float], is result: [Float], height: Int, width: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let made = apply(map, to: Tensor(shape: [height, width], scalars: image))
    // The reference rounds to Float between its two passes and then to seven decimals.
    #expect(
      areEqual(made, Tensor(shape: [height, width], scalars: result), tolerance: 2e-6),
      sourceLocation: sourceLocation)
  }
}

/// Numbers from Pillow and scipy, made by `Scripts/fixtures/changes_golden.py`.
struct Changes: Decodable {
  struct Scaling: Decodable, CustomTestStringConvertible {
    let height, width: Int
    let factor: Double
    let interpolation: String
    let image, result: [Float]
    var testDescription: String { "\(interpolation) \(factor) on \(height) x \(width)" }
  }

  struct Blur: Decodable, CustomTestStringConvertible {
    let height, width: Int
    let sigma: Double
    let image, result: [Float]
    var testDescription: String { "\(sigma) on \(height) x \(width)" }
  }

  let scalings: [Scaling]
  let blurs: [Blur]

  /// The file, read once.
  static let values: Changes = {
    let url = Bundle.module.url(
      forResource: "changes_golden", withExtension: "json", subdirectory: "Fixtures")
    guard let url, let data = try? Data(contentsOf: url),
      let golden = try? JSONDecoder().decode(Changes.self, from: data)
    else { preconditionFailure("Expected Fixtures/changes_golden.json beside the tests.") }
    return golden
  }()
}
