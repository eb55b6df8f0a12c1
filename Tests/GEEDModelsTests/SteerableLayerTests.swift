// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing
import _GEEDTestSupport
import _SteerableTestSupport

@testable import GEEDModels

/// How far `layer` is from commuting with the elements that move pixels onto pixels: the greatest
/// difference between layer(gx) and g·layer(x), over the greatest number of layer(x).
func exactDeviation(
  from input: FeatureFields, to output: FeatureFields, size: Int, seed: UInt64 = 3,
  _ layer: (TorchTensor) throws -> TorchTensor
) throws -> Double {
  var generator = SplitMix64(seed: seed)
  let x = Tensor.random([2, input.channelCount, size, size], using: &generator)
  let y = try layer(TorchTensor(x)).host()
  let moveInput = try input.action.prepared(for: x.rowShape)
  let moveOutput = try output.action.prepared(for: y.rowShape)
  var worst: Float = 0
  for g in exactElements(of: input.symmetry) {
    let moved = try layer(TorchTensor(moveInput(g, batch: x))).host()
    worst = max(worst, greatest(moved, moveOutput(g, batch: y)))
  }
  return Double(worst / y.scalars.reduce(0) { max($0, abs($1)) })
}

/// The greatest difference.
func greatest(_ a: Tensor, _ b: Tensor) -> Float {
  precondition(a.shape == b.shape, "Shapes \(a.shape) and \(b.shape).")
  return zip(a.scalars, b.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

/// Two modes that differ in what they do with parameters, not in what they mean.
func modes() throws -> [ForwardMode] { [.evaluation, .training(try TorchGenerator(seed: 0))] }

@Suite struct SteerableConvolutionTests {
  private func layer(
    _ kernel: KernelCase, inputs: Int = 2, outputs: Int = 3, stride: Int = 1, padding: Int = 1,
    in store: ParameterStore
  ) throws -> SteerableConvolution {
    try SteerableConvolution(
      fields(inputs, kernel.input, under: kernel.group),
      fields(outputs, kernel.output, under: kernel.group), size: kernel.size, stride: stride,
      padding: padding, parameters: store.root)
  }

  @Test("Commutes with turns and reflections of pixels", arguments: KernelCase.all, [9, 10])
  func commutes(kernel: KernelCase, size: Int) throws {
    let layer = try layer(kernel, in: ParameterStore(seed: 1))
    for mode in try modes() {
      let deviation = try exactDeviation(from: layer.input, to: layer.output, size: size) {
        try layer($0, mode)
      }
      // Single precision: rounding of 6e-8 for each of some hundred terms.
      #expect(deviation < 1e-5)
    }
  }

  @Test(
    "With stride 2 it commutes where the kernels stand symmetrically",
    arguments: [
      (11, true), (10, false),
    ])
  func strides(size: Int, isExact: Bool) throws {
    let kernel = KernelCase("C4", "regular", "regular", 3)
    let layer = try layer(kernel, stride: 2, in: ParameterStore(seed: 1))
    let deviation = try exactDeviation(from: layer.input, to: layer.output, size: size) {
      try layer($0, .evaluation)
    }
    #expect(isExact ? deviation < 1e-5 : deviation > 0.1)
  }

  @Test("Training and evaluation give the same", arguments: KernelCase.all)
  func modesAgree(kernel: KernelCase) throws {
    let layer = try layer(kernel, in: ParameterStore(seed: 1))
    var generator = SplitMix64(seed: 5)
    let x = try TorchTensor(
      .random([2, layer.input.channelCount, 9, 9], using: &generator))
    let outputs = try modes().map { try layer(x, $0).host() }
    let largest = outputs[0].scalars.reduce(0) { max($0, abs($1)) }
    // The same sums in another order.
    #expect(greatest(outputs[0], outputs[1]) < 1e-5 * largest)
  }

  @Test("Evaluation sees every change of the coefficients")
  func freshFilters() throws {
    let store = try ParameterStore(seed: 1)
    let layer = try layer(KernelCase("C4", "regular", "regular", 3), in: store)
    let x = try TorchTensor.full(1, shape: [1, 8, 5, 5])
    try withoutGradients {
      let before = try layer(x, .evaluation).host()
      #expect(try layer.filter() === layer.filter())
      try layer.coefficients.assign(layer.coefficients.scaled(by: 2))
      let after = try layer(x, .evaluation).host()
      // A power of 2 changes no rounding.
      #expect(after.scalars == before.scalars.map { 2 * $0 })
    }
  }

  @Test("Outputs of white noise have the variance 2", arguments: KernelCase.all)
  func initialVariance(kernel: KernelCase) throws {
    let layer = try layer(
      kernel, inputs: 24, outputs: 24, padding: 0, in: ParameterStore(seed: 2))
    var generator = SplitMix64(seed: 5)
    let x = Tensor.random([4, layer.input.channelCount, 12, 12], using: &generator)
    let y = try layer(TorchTensor(x), .evaluation).host()
    let square = y.scalars.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(y.scalars.count)
    // At least 24 · 24 · 3 coefficients: their squares have a mean with a deviation of 3.4 %. Inputs
    // of few channels add some per cent.
    expectClose(square, 2, tolerance: 0.3)
  }

  @Test("The derivative by every coefficient is that of finite differences")
  func finiteDifferences() throws {
    let store = try ParameterStore(seed: 1, type: .float64)
    let layer = try layer(KernelCase("C4", "regular", "r2", 3), inputs: 1, outputs: 1, in: store)
    var generator = SplitMix64(seed: 5)
    let x = try TorchTensor(randomVector(2 * 4 * 25, using: &generator), shape: [2, 4, 5, 5])
    let weights = try TorchTensor(randomVector(2 * 2 * 25, using: &generator), shape: [2, 2, 5, 5])
    let mode = try modes()[1]
    func loss() throws -> TorchTensor { try (layer(x, mode) * weights).sum() }
    try loss().backward()
    let gradient = try #require(try layer.coefficients.gradient()).doubles()
    let start = try layer.coefficients.doubles()
    for index in start.indices {
      let sides = try [1e-4, -1e-4].map { step in
        var moved = start
        moved[index] += step
        try layer.coefficients.assign(TorchTensor(moved, shape: layer.coefficients.shape))
        return try withoutGradients { try loss().item() }
      }
      // The loss is linear: only rounding of 1e-16, divided by the step.
      expectClose(gradient[index], (sides[0] - sides[1]) / 2e-4, tolerance: 1e-9)
    }
  }

  @Test("A filter of its own gives its coefficients back")
  func fitting() throws {
    let kernel = KernelCase("D4", "regular", "regular", 3)
    let source = try layer(kernel, in: ParameterStore(seed: 1))
    let target = try layer(kernel, in: ParameterStore(seed: 2))
    let filter = try source.filter().host()
    #expect(try target.fit(filter: filter) < 1e-6)
    // Single precision.
    #expect(try greatest(target.filter().host(), filter) < 1e-5)
  }

  @Test("A filter that is not steerable is refused and changes nothing")
  func fittingOfNoise() throws {
    let layer = try layer(
      KernelCase("C4", "regular", "regular", 3), inputs: 1, outputs: 1, in: ParameterStore(seed: 1))
    let before = try layer.coefficients.host()
    var generator = SplitMix64(seed: 5)
    let noise = Tensor.random([4, 4, 3, 3], using: &generator)
    #expect {
      try layer.fit(filter: noise)
    } throws: { error in
      let residual = (error as? SteerabilityError)?.residual ?? 0
      return residual > 0.1 && "\(error)".contains("\(residual)")
    }
    #expect(try layer.coefficients.host() == before)
  }
}

@Suite struct FieldBatchNormTests {
  @Test("Commutes with the permutations of channels", arguments: ["regular", "r2", "trivial"])
  func commutes(type: String) throws {
    let fields = try fields(3, type, under: "C8")
    let store = try ParameterStore(seed: 1)
    let norm = try FieldBatchNorm(fields, parameters: store.root)
    try FormulaWeights.fill(store)
    for mode in try modes() {
      let deviation = try exactDeviation(from: fields, to: fields, size: 5) { try norm($0, mode) }
      // Means over permuted numbers round in another order. In training the running statistics have
      // moved in between, which does not matter.
      #expect(deviation < 1e-5)
    }
  }

  /// Two fields of C2 on one pixel of two examples: the first holds 1, 2, 3, 6 with mean 3 and variance
  /// (4 + 1 + 0 + 9)/4 = 3.5; the second is 0 everywhere.
  @Test func statisticsWorkedByHand() throws {
    let store = try ParameterStore(seed: 1)
    let norm = try FieldBatchNorm(
      FeatureFields(2, .regular, under: .cyclic(2)), momentum: 0.5, epsilon: 0,
      parameters: store.root)
    let x = try TorchTensor([1, 2, 0, 0, 3, 6, 0, 0] as [Float], shape: [2, 4, 1, 1])
    let shifted = try x.shifted(by: 0)
    let y = try norm(shifted, modes()[1]).host()
    let deviation = 3.5.squareRoot()
    for (found, expected) in zip(y.scalars.prefix(2), [-2 / deviation, -1 / deviation]) {
      expectClose(Double(found), expected, tolerance: 1e-6)
    }
    // Half way from 0 to 3, and from 1 to the unbiased variance 14/3.
    #expect(try #require(store["running_mean"]).host().scalars[0] == 1.5)
    expectClose(
      Double(try #require(store["running_var"]).host().scalars[0]), 0.5 + 7.0 / 3, tolerance: 1e-6)
    #expect(store["weight"]?.shape == [2])
  }

  @Test("In evaluation it is an ordinary normalization of channels, which follows the statistics")
  func evaluation() throws {
    let store = try ParameterStore(seed: 1)
    let norm = try FieldBatchNorm(
      FeatureFields(2, .regular, under: .cyclic(2)), epsilon: 0, parameters: store.root)
    let x = try TorchTensor([1, 2, 3, 4] as [Float], shape: [1, 4, 1, 1])
    #expect(try norm(x, .evaluation).host().scalars == [1, 2, 3, 4])
    try #require(store["running_mean"]).assign(TorchTensor([1, 3] as [Float], shape: [2]))
    try #require(store["running_var"]).assign(TorchTensor([1, 4] as [Float], shape: [2]))
    #expect(try norm(x, .evaluation).host().scalars == [0, 1, 0, 0.5])
  }

  /// The running mean goes from 0 to that of 1 and 3, which is 2, and the running variance from 1 to 2.
  @Test("Who is evaluated, trained and evaluated again goes by the new statistics")
  func evaluationBetweenSteps() throws {
    let store = try ParameterStore(seed: 1)
    let norm = try FieldBatchNorm(
      FeatureFields(1, .regular, under: .cyclic(2)), momentum: 1, epsilon: 0,
      parameters: store.root)
    let x = try TorchTensor([1, 3] as [Float], shape: [1, 2, 1, 1])
    #expect(try norm(x, .evaluation).host().scalars == [1, 3])
    _ = try norm(x.shifted(by: 0), modes()[1])
    let deviation = Float(2).squareRoot()
    for (found, expected) in zip(
      try norm(x, .evaluation).host().scalars, [-1 / deviation, 1 / deviation])
    { expectClose(Double(found), Double(expected), tolerance: 1e-6) }
  }
}

@Suite struct SteerablePoolingTests {
  @Test(
    "The blur commutes on odd sizes with stride 2, and on all with stride 1",
    arguments: [
      (9, 2, true), (13, 2, true), (8, 2, false), (8, 1, true), (7, 1, true),
    ])
  func blur(size: Int, stride: Int, isExact: Bool) throws {
    let fields = try fields(2, "regular", under: "D4")
    let pooling = try AntialiasedPooling(fields.channelCount, stride: stride)
    let deviation = try exactDeviation(from: fields, to: fields, size: size) { try pooling($0) }
    // Rounding of 25 terms.
    #expect(isExact ? deviation < 1e-6 : deviation > 0.1)
  }

  /// exp(−1/(2·0.66²)) = 0.317321 and exp(−4/(2·0.66²)) = 0.010139; 1 and twice both sum to 1.654920.
  @Test func kernelWorkedByHand() throws {
    let pooling = try AntialiasedPooling(1, stride: 1)
    var impulse = [Float](repeating: 0, count: 49)
    impulse[24] = 1
    let blurred = try pooling(TorchTensor(impulse, shape: [1, 1, 7, 7])).host().scalars
    let profile = [0.010_139, 0.317_321, 1, 0.317_321, 0.010_139].map { $0 / 1.654_92 }
    for row in 0..<5 {
      for column in 0..<5 {
        // The digits written above.
        expectClose(
          Double(blurred[(row + 1) * 7 + column + 1]), profile[row] * profile[column],
          tolerance: 1e-6)
      }
    }
    // The kernel sums to 1.
    expectClose(Double(blurred.reduce(0, +)), 1, tolerance: 1e-6)
  }

  @Test("The greatest channel of each field is left")
  func groupPooling() throws {
    let pooling = GroupPooling(FeatureFields(2, .regular, under: .cyclic(2)))
    let x = try TorchTensor([1, 5, 7, 2, 3, 3, -1, -2] as [Float], shape: [1, 4, 2, 1])
    let y = try pooling(x).host()
    #expect(y == Tensor(shape: [1, 2, 2, 1], scalars: [7, 5, 3, 3]))
  }

  @Test("The mask is 1 in the disc, falls off outside, and is symmetric")
  func mask() throws {
    let mask = try CircularMask(size: 29)
    let y = try mask(TorchTensor.full(1, shape: [1, 1, 29, 29])).host()
    #expect(y.scalars[14 * 29 + 14] == 1)
    // On the axis 14 pixels out, where the disc has the radius 14 · 0.99: exp(−(196 − 192.0996)/4).
    expectClose(Double(y.scalars[14 * 29]), 0.377_17, tolerance: 1e-4)
    #expect(y.scalars[0] < 1e-20)
    let symmetry = PlanarGroup.dihedral(rotationCount: 4)
    let action = try symmetry.imageAction.prepared(for: [1, 29, 29])
    for g in symmetry.group.elements { #expect(action(g, batch: y) == y) }
  }
}
#endif
