// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

@Suite struct ParameterStoreTests {
  /// A convolution with a norm, and a linear layer.
  private static func fill(_ store: ParameterStore) throws {
    let root = store.root
    _ = try ConvolutionNorm(
      3, 4, size: 3, conv: root / "layer1" / 0 / "conv1", norm: root / "layer1" / 0 / "bn1")
    _ = try Linear(4, 2, parameters: root / "fc")
  }

  @Test func namesAreThoseOfAStateDict() throws {
    let store = try ParameterStore(seed: 0)
    try Self.fill(store)
    #expect(
      store.all.map(\.name) == [
        "layer1.0.conv1.weight", "layer1.0.bn1.weight", "layer1.0.bn1.bias",
        "layer1.0.bn1.running_mean", "layer1.0.bn1.running_var", "fc.weight", "fc.bias",
      ])
    #expect(store.all.map(\.isTrained) == [true, true, true, false, false, true, true])
    #expect(store["fc.weight"]?.shape == [2, 4])
    #expect(store["layer1.0.conv1.weight"]?.shape == [4, 3, 3, 3])
    #expect(store["fc"] == nil)
  }

  /// 4 · 3 · 9 + 4 + 4 + 2 · 4 + 2
  @Test func trainedScalarsAreCounted() throws {
    let store = try ParameterStore(seed: 0)
    #expect(store.parameterCount == 0)
    try Self.fill(store)
    #expect(store.parameterCount == 126)
    #expect(store.trained.count == 5)
  }

  @Test func gradientsAreCollectedWhereItIsTrained() throws {
    let store = try ParameterStore(seed: 0)
    try Self.fill(store)
    for entry in store.all { #expect(entry.tensor.requiresGradient == entry.isTrained) }
  }

  @Test func aSeedGivesTheSameWeights() throws {
    let stores = try [1, 1, 2].map { try ParameterStore(seed: $0) }
    let weights = try stores.map { store in
      try Self.fill(store)
      return try store.all.map { try $0.tensor.host() }
    }
    #expect(weights[0] == weights[1])
    #expect(weights[0] != weights[2])
  }

  @Test(arguments: [TorchElementType.float32, .float64, .bfloat16])
  func everythingHasTheTypeOfTheStore(type: TorchElementType) throws {
    let store = try ParameterStore(seed: 0, type: type)
    try Self.fill(store)
    for entry in store.all { #expect(try entry.tensor.elementType() == type) }
  }

  @Test func kernelsCanBeChannelsLast() throws {
    let (rowMajor, last) = (
      try ParameterStore(seed: 3), try ParameterStore(seed: 3, isChannelsLast: true)
    )
    try Self.fill(rowMajor)
    try Self.fill(last)
    for (a, b) in zip(rowMajor.all, last.all) {
      #expect(try a.tensor.host() == b.tensor.host())
      #expect(b.tensor.isChannelsLast == (b.tensor.shape.count == 4))
      #expect(!a.tensor.isChannelsLast)
    }
  }

  @Test func aNameIsGivenOnce() async {
    await #expect(processExitsWith: .failure) {
      let path = try ParameterStore(seed: 0).root / "fc"
      _ = try Linear(4, 2, parameters: path)
      _ = try Linear(4, 2, parameters: path)
    }
  }
}

@Suite struct ParameterPathTests {
  @Test func partsAreJoinedByDots() throws {
    let root = try ParameterStore(seed: 0).root
    #expect(root.name == "")
    #expect((root / "features").name == "features")
    #expect((root / "layer1" / 0 / "conv1").name == "layer1.0.conv1")
  }

  @Test func buffersAreNotTrained() throws {
    let store = try ParameterStore(seed: 0)
    _ = try store.root.parameter("weight", shape: [1], .ones)
    _ = try (store.root / "bn").buffer("running_mean", shape: [2], .zeros)
    #expect(store.all.map(\.name) == ["weight", "bn.running_mean"])
    #expect(store.all.map(\.isTrained) == [true, false])
  }
}
#endif
