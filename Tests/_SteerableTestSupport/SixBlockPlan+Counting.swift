// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDModels

extension SixBlockPlan {
  /// The plan of the conventional network with as many channels in every block as a steerable one.
  ///
  /// It has more parameters, because the channels of a field do not share weights.
  package func matchingChannels(
    of symmetry: PlanarGroup, fieldType: FieldType = .regular
  ) -> SixBlockPlan {
    var plan = self
    plan.widths = widths.map { FeatureFields($0, fieldType, under: symmetry).channelCount }
    return plan
  }

  /// The plan of the conventional network whose number of parameters is nearest to that of a
  /// steerable one with this plan: all widths are multiplied by one factor.
  ///
  /// - Complexity: That of computing the steerable network's bases.
  package func matchingParameters(
    of symmetry: PlanarGroup, fieldType: FieldType = .regular
  ) -> SixBlockPlan {
    let wanted = steerableParameterCount(symmetry, fieldType)
    // Widths of √wanted alone would give more parameters than wanted.
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

  /// The number of trained parameters of a ``ConventionalCNN`` with this plan.
  package var conventionalParameterCount: Int {
    let inputs = [imageChannelCount] + widths
    let convolutions = widths.indices.reduce(0) { sum, index in
      sum + inputs[index] * widths[index] * kernelSizes[index] * kernelSizes[index]
    }
    return convolutions + commonParameterCount
  }

  /// The number of trained parameters of a ``SteerableCNN`` with this plan.
  package func steerableParameterCount(_ symmetry: PlanarGroup, _ fieldType: FieldType) -> Int {
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

  /// The number of parameters of the normalizations and the head.
  private var commonParameterCount: Int {
    let norms = 2 * widths.reduce(0, +)
    let hidden = (widths.last ?? 0) * featureCount + featureCount
    return norms + hidden + 2 * featureCount + (featureCount + 1) * classCount
  }

  /// The same plan with only the widths of the blocks multiplied.
  private func widened(by factor: Double) -> SixBlockPlan {
    var plan = scaled(by: factor)
    plan.featureCount = featureCount
    return plan
  }

  /// The number of blocks of a ``SteerableCNN`` that commute exactly with quarter turns, and with
  /// reflections if the group has them.
  ///
  /// A pooling that reads every other pixel does so only on grids of odd size: on those of even size
  /// it starts at one border and ends before the other.
  package var exactBlockCount: Int {
    let sizes = [imageSize] + gridSizes
    return widths.indices.first { Self.isPooled(before: $0) && sizes[$0].isMultiple(of: 2) }
      ?? widths.count
  }
}
#endif
