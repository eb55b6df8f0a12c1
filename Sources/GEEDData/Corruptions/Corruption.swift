// SPDX-License-Identifier: MIT

import GEED
import RealModule

/// A corruption of images, with five levels of severity.
///
/// The kinds are those of common robustness benchmarks for small images. They are implemented
/// from their descriptions, with sizes in proportion to the image. Results stay in 0...1.
public struct Corruption: Sendable, Hashable, Codable {
  /// The kind of a corruption.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Gaussian noise on every scalar.
    case gaussianNoise = "gaussian-noise"
    /// The counting noise of few photons.
    case shotNoise = "shot-noise"
    /// Pixels that are black or white.
    case impulseNoise = "impulse-noise"
    /// Pixels replaced by nearby ones, slightly blurred.
    case glassBlur = "glass-blur"
    /// The blur of a lens out of focus, a disc.
    case defocusBlur = "defocus-blur"
    /// A straight movement during exposure, in a random direction.
    case motionBlur = "motion-blur"
    /// Values closer to their mean.
    case contrast
    /// Values shifted up.
    case brightness
    /// A bright, smooth, random haze.
    case fog
    /// A vertical stripe through the middle in which values are inverted.
    case stripe
    /// Dots along a random line across the image.
    case dottedLine = "dotted-line"
    /// A random zigzag line across the image.
    case zigzag
    /// A shift in a random direction.
    case translate
    /// Rows shifted in proportion to their distance from the middle, to a random side.
    case shear
    /// A smaller image.
    case scale
  }

  /// The kind of a corruption.
  public let kind: Kind

  /// The severity, from 1 to 5.
  public let severity: Int

  /// - Precondition: `severity` lies in 1...5.
  public init(_ kind: Kind, severity: Int) {
    precondition((1...5).contains(severity), "Expected a severity of 1 to 5, but got \(severity).")
    self.kind = kind
    self.severity = severity
  }

  /// Creates a corruption from its name and severity, such as `fog:3`; `nil` if the text is not of
  /// this form.
  public init?(parsing text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])),
      let severity = Int(parts[1]), (1...5).contains(severity)
    else { return nil }
    self.init(kind, severity: severity)
  }

  /// The name and severity in the form that ``init(parsing:)`` reads, such as `fog:3`.
  public var text: String { "\(kind.rawValue):\(severity)" }

  /// Returns the corrupted image.
  ///
  /// - Parameters:
  ///   - image: `[C, H, W]` with values in 0...1 and at least 2 x 2 pixels.
  ///   - generator: The source of the random choices.
  /// - Returns: An image of the same shape with values in 0...1.
  public func callAsFunction(_ image: Tensor, using generator: inout SplitMix64) -> Tensor {
    precondition(
      image.shape.count == 3 && image.shape[1] > 1 && image.shape[2] > 1,
      "Expected an image [C, H, W], but got shape \(image.shape).")
    let unit = Double(min(image.shape[1], image.shape[2])) / 28
    var result =
      switch kind {
      case .gaussianNoise:
        image.addingNoise(deviation: degree(0.08, 0.12, 0.18, 0.26, 0.38), using: &generator)
      case .shotNoise: image.counting(photons: degree(60, 25, 12, 5, 3), using: &generator)
      case .impulseNoise:
        image.withImpulses(share: degree(0.03, 0.06, 0.09, 0.17, 0.27), using: &generator)
      case .glassBlur:
        image.throughGlass(
          spread: unit * degree(0.4, 0.6, 0.9, 1.3, 1.8), sigma: unit * 0.4, using: &generator)
      case .defocusBlur: image.convolved(with: .disc(unit * degree(0.8, 1.2, 1.6, 2.2, 3)))
      case .motionBlur:
        image.convolved(with: .line(unit * degree(3, 5, 7, 9, 11), using: &generator))
      case .contrast: image.towardsMean(keeping: degree(0.6, 0.45, 0.3, 0.2, 0.1))
      case .brightness: image.mapped { $0 + Float(degree(0.1, 0.2, 0.3, 0.4, 0.5)) }
      case .fog: image.inFog(density: degree(0.3, 0.45, 0.6, 0.8, 1), using: &generator)
      case .stripe: image.invertingStripe(width: unit * degree(2, 3, 4, 5, 6))
      case .dottedLine:
        image.adding(
          .dottedLine(
            on: image, halfWidth: unit * degree(0.5, 0.6, 0.7, 0.85, 1), using: &generator))
      case .zigzag:
        image.adding(
          .zigzag(
            on: image, amplitude: unit * degree(1, 1.5, 2, 3, 4), halfWidth: unit * 0.6,
            using: &generator))
      case .translate: image.shifted(by: unit * degree(1, 2, 3, 4, 5), using: &generator)
      case .shear: image.sheared(by: degree(0.1, 0.2, 0.3, 0.4, 0.5), using: &generator)
      case .scale: image.shrunk(to: degree(0.9, 0.8, 0.7, 0.6, 0.5))
      }
    result.scalars = result.scalars.map { min(max($0, 0), 1) }
    return result
  }

  /// Returns the number for the severity.
  private func degree(_ degrees: Double...) -> Double { degrees[severity - 1] }
}

extension Tensor {
  /// Returns the tensor with `change` applied to every scalar.
  func mapped(_ change: (Float) -> Float) -> Tensor {
    Tensor(shape: shape, scalars: scalars.map(change))
  }

  /// Returns the image shifted by `distance` pixels in a random direction; zeros fill the gap.
  func shifted(by distance: Double, using generator: inout SplitMix64) -> Tensor {
    let angle = 2 * Double.pi * generator.nextUnit()
    let (down, right) = (distance * Double.sin(angle), distance * Double.cos(angle))
    return warped { (Double($0) - down, Double($1) - right) }
  }

  /// Returns the image with rows shifted by `factor` pixels for each row below the middle,
  /// randomly to the right or to the left.
  func sheared(by factor: Double, using generator: inout SplitMix64) -> Tensor {
    let factor = generator.next(below: 2) == 0 ? factor : -factor
    let middle = Double(shape[1] - 1) / 2
    return warped { (Double($0), Double($1) - factor * (Double($0) - middle)) }
  }

  /// Returns the image scaled down about its middle; zeros fill the border.
  func shrunk(to factor: Double) -> Tensor {
    applying(.scaling(by: factor, height: shape[1], width: shape[2]))
  }

  private func warped(
    from source: (_ row: Int, _ column: Int) -> (row: Double, column: Double)
  ) -> Tensor {
    applying(.warp(height: shape[1], width: shape[2], from: source))
  }

  /// Returns the image with a map applied to every channel.
  func applying(_ map: GridMap) -> Tensor {
    ArrayOperator(count: scalars.count, blockSize: shape[1] * shape[2], map: map)(self)
  }
}
