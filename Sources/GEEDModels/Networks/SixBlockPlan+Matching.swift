// SPDX-License-Identifier: MIT

import GEED

extension SixBlockPlan {
  /// The conventional network with as many channels in every block as a steerable one.
  ///
  /// It has more parameters, because nothing ties the channels of a field together.
  public func matchingChannels(
    of symmetry: PlanarGroup, fieldType: FieldType = .regular
  ) -> SixBlockPlan {
    var plan = self
    plan.widths = widths.map { FeatureFields($0, fieldType, under: symmetry).channelCount }
    return plan
  }

  /// The conventional network whose number of parameters is nearest to that of a steerable one with
  /// this plan: all widths are multiplied by one factor.
  ///
  /// - Complexity: That of the steerable network's bases.
  public func matchingParameters(
    of symmetry: PlanarGroup, fieldType: FieldType = .regular
  ) -> SixBlockPlan {
    let wanted = steerableParameterCount(symmetry, fieldType)
    // Widths of √wanted alone would have more parameters than that.
    var (low, high) = (0.0, Double(wanted).squareRoot() + 1)
    for _ in 0..<64 {
      let middle = (low + high) / 2
      if widened(by: middle).conventionalParameterCount < wanted {
        low = middle
      } else {
        high = middle
      }
    }
    return [low, high].map(widened(by:)).min {
      abs($0.conventionalParameterCount - wanted) < abs($1.conventionalParameterCount - wanted)
    } ?? self
  }

  /// The trained parameters of a ``ConventionalCNN`` with this plan.
  public var conventionalParameterCount: Int {
    let inputs = [imageChannelCount] + widths
    let convolutions = widths.indices.reduce(0) { sum, index in
      sum + inputs[index] * widths[index] * kernelSizes[index] * kernelSizes[index]
    }
    return convolutions + commonParameterCount
  }

  /// The trained parameters of a ``SteerableCNN`` with this plan.
  func steerableParameterCount(_ symmetry: PlanarGroup, _ fieldType: FieldType) -> Int {
    let fields = widths.map { FeatureFields($0, fieldType, under: symmetry) }
    let inputs = [FeatureFields(imageChannelCount, .trivial, under: symmetry)] + fields
    let convolutions = widths.indices.reduce(0) { sum, index in
      let basis = SteerableKernelBasis(
        from: inputs[index], to: fields[index],
        harmonics: RingHarmonics(size: kernelSizes[index]))
      return sum + inputs[index].count * fields[index].count * basis.dimension
    }
    return convolutions + commonParameterCount
  }

  /// Normalizations and head.
  private var commonParameterCount: Int {
    let norms = 2 * widths.reduce(0, +)
    let hidden = (widths.last ?? 0) * featureCount + featureCount
    return norms + hidden + 2 * featureCount + (featureCount + 1) * classCount
  }

  /// The same with the widths of the blocks alone multiplied.
  private func widened(by factor: Double) -> SixBlockPlan {
    var plan = scaled(by: factor)
    plan.featureCount = featureCount
    return plan
  }
}
