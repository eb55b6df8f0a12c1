// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

import GEED
import GEEDTorch

/// A basis of the kernels between two fields that are invariant under a group (eq. 2): K(gx) =
/// ρ_out(g) K(x) ρ_in(g)⁻¹ for every element *g*.
///
/// The channels of a field are permuted, so the constraint states that K at the pair of channels
/// (go, gi) and gx equals K at (o, i) and x. One pair of every orbit of pairs therefore determines
/// the whole orbit, and its kernel may be any function that is invariant under the elements that
/// keep this pair. A basis element is such a function, of one ring and one frequency
/// (``RingHarmonics``), transported along its orbit. It is scaled so that, on the grid, the squares
/// of the numbers that lead to an output channel sum to 1 on average over these channels.
///
/// Elements that are 0 on the whole grid are left out. On the default rings the others are linearly
/// independent there.
package struct SteerableKernelBasis: Sendable {
  /// One field of the input.
  package let input: FeatureFields
  /// One field of the output.
  package let output: FeatureFields
  /// The functions from which the kernels are composed.
  package let harmonics: RingHarmonics
  package let elements: [Element]

  /// A function of one band, transported along the orbit of a pair of channels.
  package struct Element: Sendable {
    package let band: RingHarmonics.Band
    package let entries: [Entry]
  }

  /// An output channel and an input channel of two fields.
  package struct Pair: Sendable, Hashable {
    package let output: Int
    package let input: Int
  }

  /// The kernel from one input channel to one output channel, a·cos(mθ) + b·sin(mθ) on its ring.
  package struct Entry: Sendable {
    package let pair: Pair
    let cosine: Double
    let sine: Double

    func scaled(by factor: Double) -> Entry {
      Entry(pair: pair, cosine: factor * cosine, sine: factor * sine)
    }

    /// The kernel on the grid.
    package func values(_ band: RingHarmonics.Band, of functions: [[Double]]) -> [Double] {
      let cosines = functions[band.first]
      guard band.frequency > 0 else { return cosines.map { cosine * $0 } }
      return zip(cosines, functions[band.first + 1]).map { cosine * $0 + sine * $1 }
    }
  }

  /// Creates the basis for one field of the type of `input` and one of the type of `output`.
  package init(from input: FeatureFields, to output: FeatureFields, harmonics: RingHarmonics) {
    precondition(
      input.symmetry == output.symmetry,
      "Expected fields of one group, but got \(input.symmetry) and \(output.symmetry).")
    let symmetry = input.symmetry
    let functions = harmonics.samples()
    elements = ChannelPairOrbit.all(from: input, to: output).flatMap { orbit in
      harmonics.bands.flatMap { band in
        orbit.invariants(of: band.frequency, under: symmetry).compactMap { invariant in
          let entries = orbit.carrying(invariant, frequency: band.frequency, under: symmetry)
          return Element(band: band, entries: entries)
            .normalized(on: functions, outputCount: output.fieldSize)
        }
      }
    }
    self.input = FeatureFields(1, input.type, under: symmetry)
    self.output = FeatureFields(1, output.type, under: symmetry)
    self.harmonics = harmonics
  }

  /// The number of elements, which is the number of coefficients of a kernel between two fields.
  package var dimension: Int { elements.count }

  /// Every element in terms of the functions of ``harmonics``:
  /// `[dimension, output channel, input channel, function]`.
  package func factors() -> [Double] {
    let width = output.fieldSize * input.fieldSize * harmonics.functionCount
    var factors = [Double](repeating: 0, count: dimension * width)
    for (row, element) in elements.enumerated() {
      for entry in element.entries {
        let start = row * width + position(of: entry.pair) * harmonics.functionCount
        for (function, factor) in zip(element.band.functions, [entry.cosine, entry.sine]) {
          factors[start + function] = factor
        }
      }
    }
    return factors
  }

  /// Every element on the grid: `[dimension, output channel, input channel, size, size]`.
  package func samples() -> [Double] {
    let functions = harmonics.samples()
    let pixelCount = harmonics.size * harmonics.size
    let width = output.fieldSize * input.fieldSize * pixelCount
    var samples = [Double](repeating: 0, count: dimension * width)
    for (row, element) in elements.enumerated() {
      for entry in element.entries {
        let start = row * width + position(of: entry.pair) * pixelCount
        samples.replaceSubrange(
          start..<start + pixelCount, with: entry.values(element.band, of: functions))
      }
    }
    return samples
  }

  private func position(of pair: Pair) -> Int { pair.output * input.fieldSize + pair.input }
}

extension SteerableKernelBasis.Element {
  /// The element multiplied by the factor that gives output channels the mean square 1; `nil` if it
  /// is 0 on the whole grid.
  fileprivate func normalized(
    on functions: [[Double]], outputCount: Int
  ) -> SteerableKernelBasis.Element? {
    let square = entries.reduce(0) { sum, entry in
      entry.values(band, of: functions).reduce(sum) { $0 + $1 * $1 }
    }
    guard square > 1e-12 else { return nil }
    let factor = (Double(outputCount) / square).squareRoot()
    return SteerableKernelBasis.Element(
      band: band, entries: entries.map { $0.scaled(by: factor) })
  }
}
