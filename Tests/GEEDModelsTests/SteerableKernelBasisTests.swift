// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import Testing
import _GEEDTestSupport
import _SteerableTestSupport

@testable import GEEDModels

/// A pair of field types and a kernel size.
struct KernelCase: Sendable, CustomTestStringConvertible {
  let group: String
  let input: String
  let output: String
  let size: Int

  var testDescription: String { "\(group) \(input) to \(output), \(size) pixels" }

  init(_ group: String, _ input: String, _ output: String, _ size: Int) {
    self.group = group
    self.input = input
    self.output = output
    self.size = size
  }

  func basis() throws -> SteerableKernelBasis {
    SteerableKernelBasis(
      from: try fields(1, input, under: group), to: try fields(1, output, under: group),
      harmonics: RingHarmonics(size: size))
  }

  static let all = [
    KernelCase("C4", "regular", "regular", 3), KernelCase("C4", "trivial", "regular", 7),
    KernelCase("C8", "trivial", "regular", 7), KernelCase("C8", "regular", "regular", 5),
    KernelCase("C8", "regular", "trivial", 5), KernelCase("C8", "trivial", "trivial", 9),
    KernelCase("C8", "r2", "regular", 5), KernelCase("C3", "regular", "regular", 5),
    KernelCase("D4", "trivial", "regular", 5), KernelCase("D4", "regular", "regular", 3),
    KernelCase("D4", "r1s", "r0s", 7), KernelCase("D8", "r4,r0s", "regular", 5),
    KernelCase("flip", "regular", "regular", 3), KernelCase("C1", "regular", "regular", 3),
  ]
}

/// `count` fields of the type `trivial`, `regular`, or the quotient by what the elements generate.
func fields(_ count: Int, _ type: String, under group: String) throws -> FeatureFields {
  let symmetry = try #require(PlanarGroup(group))
  switch type {
  case "trivial": return FeatureFields(count, .trivial, under: symmetry)
  case "regular": return FeatureFields(count, .regular, under: symmetry)
  default:
    let generators = try type.split(separator: ",").map { name in
      try #require(symmetry.group.elementNames.firstIndex(of: String(name)))
    }
    let subgroup = Subgroup(of: symmetry.group, generatedBy: generators)
    return FeatureFields(count, .quotient(subgroup), under: symmetry)
  }
}

@Suite struct SteerableKernelBasisTests {
  @Test(
    "K(gx) = ρ(g) K(x) ρ(g)⁻¹ on the grid, where g moves pixels onto pixels",
    arguments: KernelCase.all)
  func constraintOnTheGrid(kernel: KernelCase) throws {
    let basis = try kernel.basis()
    let symmetry = basis.input.symmetry
    let samples = basis.samples()
    let (outputs, inputs, pixels) = (
      basis.output.fieldSize, basis.input.fieldSize, kernel.size * kernel.size
    )
    var worst = 0.0
    for g in exactElements(of: symmetry) {
      let output = basis.output.type.permutations(of: symmetry.group)[g].images
      let input = basis.input.type.permutations(of: symmetry.group)[g].images
      let places = try pixelImages(symmetry, g, size: kernel.size)
      for index in samples.indices {
        let (rest, pixel) = index.quotientAndRemainder(dividingBy: pixels)
        let (row, i) = rest.quotientAndRemainder(dividingBy: inputs)
        let (element, o) = row.quotientAndRemainder(dividingBy: outputs)
        let image =
          ((element * outputs + output[o]) * inputs + input[i]) * pixels + places[pixel]
        worst = max(worst, abs(samples[image] - samples[index]))
      }
    }
    // Regular fields: the same sums of the same numbers. Quotients: a pair of channels is reached by
    // several elements, whose cosines differ by their rounding.
    let isRegular = [kernel.input, kernel.output].contains("regular")
    #expect(worst <= (isRegular ? 0 : 4e-16))
  }

  @Test("K(gx) = ρ(g) K(x) ρ(g)⁻¹ between pixels, for every g", arguments: KernelCase.all)
  func constraintBetweenPixels(kernel: KernelCase) throws {
    let basis = try kernel.basis()
    let symmetry = basis.input.symmetry
    for g in symmetry.group.elements {
      let output = basis.output.type.permutations(of: symmetry.group)[g].images
      let input = basis.input.type.permutations(of: symmetry.group)[g].images
      for element in basis.elements {
        let turn = symmetry.harmonicTurn(of: g, frequency: element.band.frequency)
        for entry in element.entries {
          let image = try #require(
            element.entries.first {
              $0.pair.output == output[entry.pair.output]
                && $0.pair.input == input[entry.pair.input]
            })
          let (cosine, sine) =
            element.band.frequency == 0 ? (entry.cosine, 0) : turn(entry.cosine, entry.sine)
          // Rounding of products of numbers of order 1.
          expectClose(image.cosine, cosine, tolerance: 1e-14)
          expectClose(image.sine, sine, tolerance: 1e-14)
        }
      }
    }
  }

  /// The multiplicity of the trivial representation in ρ_out ⊗ ρ_in ⊗ harmonics, from characters: the
  /// mean over g of the fixed channels of both fields, times 2cos(mα) for turns and 0 for reflections,
  /// but 1 for m = 0.
  @Test("There are as many elements as characters say", arguments: KernelCase.all)
  func dimensions(kernel: KernelCase) throws {
    let basis = try kernel.basis()
    let symmetry = basis.input.symmetry
    let group = symmetry.group
    let outputs = basis.output.type.permutations(of: group)
    let inputs = basis.input.type.permutations(of: group)
    let fixed = { (permutation: Permutation) in
      Double(permutation.images.indices.filter { permutation.images[$0] == $0 }.count)
    }
    var expected = 0.0
    for frequency in RingHarmonics(size: kernel.size).rings.flatMap({ 0...$0.maximumFrequency }) {
      for g in group.elements {
        let angle =
          2 * Double.pi * Double(g % symmetry.rotationCount)
          / Double(symmetry.rotationCount)
        let character =
          frequency == 0 ? 1 : g >= symmetry.rotationCount ? 0 : 2 * cos(Double(frequency) * angle)
        expected += fixed(outputs[g]) * fixed(inputs[g]) * character / Double(group.order)
      }
    }
    #expect(Double(basis.dimension) == expected.rounded())
    expectClose(expected, expected.rounded(), tolerance: 1e-9)
  }

  @Test("What leads to an output channel has the mean square 1", arguments: KernelCase.all)
  func norms(kernel: KernelCase) throws {
    let basis = try kernel.basis()
    let samples = basis.samples()
    let width = samples.count / basis.dimension
    for start in stride(from: 0, to: samples.count, by: width) {
      let square = samples[start..<start + width].reduce(0) { $0 + $1 * $1 }
      // Rounding of some thousand squares.
      expectClose(square, Double(basis.output.fieldSize), relative: 1e-12)
    }
  }

  @Test("Factors and harmonics give the samples", arguments: KernelCase.all)
  func factorsOfSamples(kernel: KernelCase) throws {
    let basis = try kernel.basis()
    let functions = basis.harmonics.samples()
    let (factors, samples) = (basis.factors(), basis.samples())
    let pixels = kernel.size * kernel.size
    for pair in 0..<factors.count / functions.count {
      for pixel in 0..<pixels {
        let sum = functions.indices.reduce(0) {
          $0 + factors[pair * functions.count + $1] * functions[$1][pixel]
        }
        // At most two terms are not 0.
        expectClose(samples[pair * pixels + pixel], sum, tolerance: 1e-15)
      }
    }
  }

  @Test("Coefficients come back from their kernels", arguments: KernelCase.all)
  func fitting(kernel: KernelCase) throws {
    let basis = try kernel.basis()
    var generator = SplitMix64(seed: 7)
    let coefficients = randomVector(basis.dimension, using: &generator)
    let filter = combination(coefficients, of: basis)
    let (fitted, residual) = basis.fit(filter, outputFields: 1, inputFields: 1)
    // The basis is well conditioned: its Gram matrix has condition numbers below 100.
    for (found, expected) in zip(fitted, coefficients) {
      expectClose(found, expected, tolerance: 1e-11)
    }
    expectClose(residual, 0, tolerance: 1e-12)
  }

  @Test("Of a random filter the share that characters say is left over")
  func fittingOfNoise() throws {
    let basis = try KernelCase("C8", "regular", "regular", 5).basis()
    var generator = SplitMix64(seed: 1)
    let noise = randomVector(8 * 8 * 25, using: &generator)
    let (_, residual) = basis.fit(noise, outputFields: 1, inputFields: 1)
    // 88 of 1600 dimensions are explained; the share of the norm has a deviation of 0.003.
    expectClose(residual, (1 - 88.0 / 1600).squareRoot(), tolerance: 0.02)
  }

  @Test("A ring that its frequency cannot be seen on gives no element")
  func invisibleFrequencies() {
    // sin 4θ vanishes on all of 3 × 3 pixels, cos 4θ does not.
    let rings = [RingHarmonics.Ring(radius: 1, width: 0.4, maximumFrequency: 4)]
    let field = FeatureFields(1, .trivial, under: .cyclic(1))
    let basis = SteerableKernelBasis(
      from: field, to: field, harmonics: RingHarmonics(size: 3, rings: rings))
    #expect(basis.harmonics.functionCount == 9)
    #expect(basis.dimension == 8)
  }
}

@Suite struct GoldenBasisTests {
  struct Golden: Decodable {
    struct Count: Decodable {
      let group, input, output: String
      let size, dimension: Int
    }
    struct Filter: Decodable {
      let group, input, output: String
      let size: Int
      /// Little-endian `Float`s.
      let filter: Data
    }
    let bases: [Count]
    let filters: [Filter]
  }

  @Test("escnn's bases have as many elements")
  func dimensions() throws {
    let golden: Golden = try readFixture("steerable_bases")
    for count in golden.bases {
      let kernel = KernelCase(count.group, count.input, count.output, count.size)
      #expect(try kernel.basis().dimension == count.dimension, "\(kernel.testDescription)")
    }
  }

  /// A random combination of escnn's basis lies in the span of ours; with equal dimensions the spans
  /// are equal.
  @Test("escnn's random kernels are combinations of the basis")
  func spans() throws {
    let golden: Golden = try readFixture("steerable_bases")
    for filter in golden.filters {
      let kernel = KernelCase(filter.group, filter.input, filter.output, filter.size)
      let (_, residual) = try kernel.basis().fit(
        floats(in: filter.filter).map(Double.init), outputFields: 1, inputFields: 1)
      // escnn samples its basis in single precision.
      #expect(residual < 1e-5, "\(kernel.testDescription)")
      #expect(residual > 0)
    }
  }
}

/// The sum of the elements times coefficients.
private func combination(
  _ coefficients: [Double], of basis: SteerableKernelBasis
) -> [Double] {
  let samples = basis.samples()
  let width = samples.count / basis.dimension
  return (0..<width).map { index in
    coefficients.indices.reduce(0) { $0 + coefficients[$1] * samples[$1 * width + index] }
  }
}

/// Little-endian `Float`s.
func floats(in data: Data) -> [Float] {
  stride(from: 0, to: data.count, by: 4).map { start in
    let bits = (0..<4).reduce(UInt32(0)) {
      $0 | UInt32(data[data.startIndex + start + $1]) << (8 * $1)
    }
    return Float(bitPattern: bits)
  }
}
#endif
