// SPDX-License-Identifier: MIT

import RealModule

/// Changes of images that do not form a group, over a range of parameters: scaling, blur,
/// brightness, contrast of arrays `[..., H, W]`.
///
/// Scaling on a fixed grid and blur have no inverse and define no action on the outputs of a layer,
/// so only invariance can be measured: a *transformation deviation*.
package struct ImageTransformations: OperatorAction {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Size about the center, by a factor (``GridMap/scaling(by:height:width:interpolation:)``).
    case scale
    /// Sharpness, by a Gaussian of so many pixels (``GridMap/gaussianBlur(sigma:height:width:)``).
    case blur
    /// *x* + *b* for every scalar of the model's input, in the input's units after normalization.
    case brightness
    /// *c*·*x* for every scalar of the model's input, relative to the mean of normalized data.
    case contrast

    /// Whether the parameter is a factor, so that equal steps are equal ratios.
    package var isMultiplicative: Bool { self == .scale || self == .contrast }

    /// Whether a parameter is valid for this kind.
    package func allows(_ parameter: Double) -> Bool {
      switch self {
      case .scale, .contrast: parameter > 0 && parameter.isFinite
      case .blur: parameter >= 0 && parameter.isFinite
      case .brightness: parameter.isFinite
      }
    }
  }

  package let kind: Kind

  /// The parameters, ascending.
  package let parameters: [Double]
  package let interpolation: Interpolation
  package let transformations: TransformationSet

  /// Creates a family of `count` parameters from `lowest` to `highest` with equal weights.
  package init(
    _ kind: Kind, from lowest: Double, to highest: Double, count: Int = 8,
    interpolation: Interpolation = .bilinear
  ) {
    let (lowest, highest) = (lowest.toFourDecimals, highest.toFourDecimals)
    precondition(
      count >= 2 && lowest < highest && kind.allows(lowest) && kind.allows(highest),
      "Expected a range of \(kind) and at least 2 steps, but got \(lowest) to \(highest), \(count)."
    )
    self.kind = kind
    self.interpolation = interpolation
    self.parameters = (0..<count).map { step in
      let t = Double(step) / Double(count - 1)
      let parameter =
        kind.isMultiplicative
        ? lowest * Double.pow(highest / lowest, t) : lowest + t * (highest - lowest)
      return parameter.toFourDecimals
    }
    self.transformations = TransformationSet(
      family: "\(kind):\(lowest.short)-\(highest.short):\(count)",
      elementNames: parameters.map { "\(kind) \($0.short)" },
      summary: "\(count) values of \(kind) from \(lowest.short) to \(highest.short) in equal "
        + "\(kind.isMultiplicative ? "ratios" : "steps"), which are no group")
  }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    guard shape.count >= 2, let width = shape.last, shape.allSatisfy({ $0 > 0 }) else {
      throw .missingAxes(
        group: transformations.name, shape: shape, expected: ActionError.imageShape)
    }
    let height = shape[shape.count - 2]
    return ([.identity] + parameters.map { map($0, height: height, width: width) }).map {
      ArrayOperator(count: Tensor.count(of: shape), blockSize: height * width, map: $0)
    }
  }

  private func map(_ parameter: Double, height: Int, width: Int) -> GridMap {
    switch kind {
    case .scale:
      .scaling(by: parameter, height: height, width: width, interpolation: interpolation)
    case .blur: .gaussianBlur(sigma: parameter, height: height, width: width)
    case .brightness: .pointwise(gain: 1, offset: parameter)
    case .contrast: .pointwise(gain: parameter, offset: 0)
    }
  }
}

extension Double {
  var toFourDecimals: Double { (self * 1e4).rounded() / 1e4 }

  /// The number, without `.0` if it is whole.
  fileprivate var short: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
