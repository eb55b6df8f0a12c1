// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

@Suite struct TrainingMemoryTests {
  /// A thousand steps of every kind of layer, in a process of their own, since other tests would use
  /// memory beside them. One tensor left in each step would be 4 MB or more.
  @Test(.enabled("resident memory is read from /proc", { ResidentMemory.isKnown }))
  func aThousandStepsKeepMemoryFlat() async {
    await #expect(processExitsWith: .success) {
      // The network is so small that threads would mostly wait for each other.
      TorchEngine.setThreadCount(1)
      let training = try SmallTraining()
      for _ in 0..<100 { try training.step() }
      let before = ResidentMemory.bytes()
      for _ in 0..<1000 { try training.step() }
      let growth = Double(ResidentMemory.bytes() - before) / Double(before)
      precondition(growth < 0.02, "Memory grew by \(100 * growth) %.")
    }
  }
}

/// A small network and what trains it.
private struct SmallTraining {
  private let first: ConvolutionNorm
  private let second: Convolution
  private let norm: GroupNorm
  private let head: Linear
  private let images: TorchTensor
  private let labels: TorchTensor
  private let mode: ForwardMode
  private let optimizer: AdamW

  init() throws {
    let store = try ParameterStore(seed: 0)
    first = try ConvolutionNorm(
      3, 8, size: 3, padding: 1, conv: store.root / "conv1", norm: store.root / "bn1")
    second = try Convolution(8, 8, size: 3, padding: 1, parameters: store.root / "conv2")
    norm = try GroupNorm(8, groupCount: 2, parameters: store.root / "norm2")
    head = try Linear(8, 4, parameters: store.root / "fc")
    let generator = try TorchGenerator(seed: 1)
    images = try .normal(deviation: 1, shape: [4, 3, 12, 12], using: generator)
    labels = try TorchTensor([0, 1, 2, 3] as [Int64], shape: [4])
    mode = .training(generator)
    optimizer = try AdamW(store.all)
  }

  func step() throws {
    try optimizer.clearGradients()
    guard case .training(let generator) = mode else { return }
    var x = try first(images, mode).relu().maxPool2d(size: 2, stride: 2, padding: 0)
    x = try norm(second(x)).gelu().dropout(probability: 0.1, using: generator)
    let loss = try head(x.mean(axes: [2, 3], keepingAxes: false)).crossEntropy(labels)
    try loss.backward()
    try optimizer.clipGradients(toNorm: 1)
    try optimizer.step(learningRate: 1e-3)
    let value = try loss.item()
    precondition(value.isFinite, "The loss is \(value).")
  }
}
#endif
