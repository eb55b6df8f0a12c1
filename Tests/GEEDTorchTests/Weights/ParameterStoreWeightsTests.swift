// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDTorch
import Testing

@Suite struct ParameterStoreWeightsTests {
  /// A convolution with normalization and a linear layer.
  private struct Network {
    let store: ParameterStore
    let head: Linear

    init(
      seed: UInt64, channels: Int = 4, classCount: Int = 3, type: TorchElementType = .float32
    ) throws {
      store = try ParameterStore(seed: seed, type: type)
      _ = try ConvolutionNorm(
        3, channels, size: 3, conv: store.root / "conv1", norm: store.root / "bn1")
      head = try Linear(channels, classCount, parameters: store.root / "fc")
    }

    /// All numbers, in order.
    func numbers() throws -> [[Double]] {
      try store.all.map { try $0.tensor.doubles() }
    }

    /// Writes all tensors, changed by `change`.
    func write(
      to path: String, _ change: (inout [String: TorchTensor]) throws -> Void = { _ in }
    ) throws {
      var tensors = Dictionary(uniqueKeysWithValues: store.all.map { ($0.name, $0.tensor) })
      try change(&tensors)
      try SafetensorsFile.write(tensors, to: path)
    }
  }

  @Test func loadingBringsBackWhatWasSaved() throws {
    let (saved, loaded) = (try Network(seed: 1), try Network(seed: 2))
    let mean = try #require(saved.store["bn1.running_mean"])
    try mean.assign(.full(0.25, shape: [4]))
    #expect(try saved.numbers() != loaded.numbers())
    try withTemporaryFolder { folder in
      try saved.store.save(to: "\(folder)/w", metadata: ["step": "7"])
      try loaded.store.load("\(folder)/w")
      let metadata = try SafetensorsFile(opening: "\(folder)/w").metadata
      #expect(metadata == ["format": "pt", "step": "7"])
    }
    #expect(try saved.numbers() == loaded.numbers())
  }

  @Test func layersSeeWhatIsLoadedAndStillLearn() throws {
    let (saved, loaded) = (try Network(seed: 1), try Network(seed: 2))
    let x = try TorchTensor.full(1, shape: [1, 4])
    try withTemporaryFolder { folder in
      try saved.store.save(to: "\(folder)/w")
      try loaded.store.load("\(folder)/w")
    }
    #expect(try loaded.head(x).doubles() == saved.head(x).doubles())
    #expect(loaded.store.trained.count == 5)
    #expect(loaded.store.trained.filter { !$0.requiresGradient }.isEmpty)
  }

  @Test(
    "Numbers take the type of the store",
    arguments: [
      TorchElementType.float32, .float64, .float16, .bfloat16,
    ])
  func conversion(type: TorchElementType) throws {
    let saved = try Network(seed: 1)
    try withTemporaryFolder { folder in
      try saved.write(to: "\(folder)/w") { tensors in
        for (name, tensor) in tensors {
          tensors[name] = try tensor.detached().converted(to: type, on: .cpu)
        }
      }
      for target in [TorchElementType.float32, .float64] {
        let loaded = try Network(seed: 2, type: target)
        try loaded.store.load("\(folder)/w")
        let expected = try saved.store.all.map {
          try $0.tensor.converted(to: type, on: .cpu).converted(to: target, on: .cpu).doubles()
        }
        #expect(try loaded.numbers() == expected)
        #expect(try loaded.store.all.allSatisfy { try $0.tensor.elementType() == target })
      }
    }
  }

  @Test func allDifferencesAreReportedAndNothingIsChanged() throws {
    let (saved, loaded) = (try Network(seed: 1, channels: 5), try Network(seed: 2))
    let before = try loaded.numbers()
    try withTemporaryFolder { folder in
      let path = "\(folder)/w"
      try saved.write(to: path) { tensors in
        tensors["extra.2"] = tensors["fc.bias"]
        tensors["extra.1"] = tensors["fc.bias"]
        tensors["fc.bias"] = try TorchTensor([1, 2, 3] as [Int64], shape: [3])
        tensors["bn1.bias"] = nil
        tensors["conv1.weight"] = nil
      }
      let error = try #require(throws: WeightsError.self) { try loaded.store.load(path) }
      guard case .mismatch(let mismatch) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(mismatch.path == path)
      #expect(mismatch.missing == ["conv1.weight", "bn1.bias"])
      #expect(mismatch.unexpected == ["extra.1", "extra.2"])
      #expect(
        mismatch.misshapen.map { "\($0.name) \($0.expected) \($0.found)" } == [
          "bn1.weight [4] [5]", "bn1.running_mean [4] [5]", "bn1.running_var [4] [5]",
          "fc.weight [3, 4] [3, 5]",
        ])
      #expect(mismatch.notFloating == ["fc.bias"])
      #expect(
        "\(error)" == """
          The weights in '\(path)' are not those of this network.
            missing (2): conv1.weight, bn1.bias
            unexpected (2): extra.1, extra.2
            of another shape (4): bn1.weight is [5], not [4], bn1.running_mean is [5], not [4], \
          bn1.running_var is [5], not [4], fc.weight is [3, 5], not [3, 4]
            not floating-point (1): fc.bias
          """)
    }
    #expect(try loaded.numbers() == before)
  }

  @Test func longListsAreCutInTheText() throws {
    let store = try ParameterStore(seed: 0)
    for index in 0..<10 { _ = try store.root.buffer("p\(index)", shape: [1], .zeros) }
    try withTemporaryFolder { folder in
      try SafetensorsFile.write([:], to: "\(folder)/w")
      let error = try #require(throws: WeightsError.self) { try store.load("\(folder)/w") }
      #expect(
        "\(error)".hasSuffix("missing (10): p0, p1, p2, p3, p4, p5, p6, p7, and 2 more"))
    }
  }

  @Test func countersArePassedOver() throws {
    let (saved, loaded) = (try Network(seed: 1), try Network(seed: 2))
    try withTemporaryFolder { folder in
      try saved.write(to: "\(folder)/w") {
        $0["bn1.num_batches_tracked"] = try TorchTensor([3] as [Int64], shape: [])
        $0["num_batches_tracked"] = try TorchTensor([3] as [Int64], shape: [])
      }
      try loaded.store.load("\(folder)/w")
    }
    #expect(try saved.numbers() == loaded.numbers())
  }

  @Test func renamingStripsPrefixesAndLeavesOut() throws {
    let (saved, loaded) = (try Network(seed: 1), try Network(seed: 2))
    try withTemporaryFolder { folder in
      try saved.write(to: "\(folder)/w") { tensors in
        tensors = Dictionary(uniqueKeysWithValues: tensors.map { ("module.\($0)", $1) })
        tensors["momentum"] = try TorchTensor.full(0, shape: [2])
      }
      #expect(throws: WeightsError.self) { try loaded.store.load("\(folder)/w") }
      try loaded.store.load(
        "\(folder)/w",
        renaming: { $0.hasPrefix("module.") ? String($0.dropFirst(7)) : nil })
      #expect(try saved.numbers() == loaded.numbers())
      let error = try #require(throws: WeightsError.self) {
        try loaded.store.load("\(folder)/w", renaming: { _ in "fc.bias" })
      }
      guard case .invalid = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func aHeadForOtherClassesStays() throws {
    let saved = try Network(seed: 1)
    let loaded = try Network(seed: 2, classCount: 7)
    let head = try #require(loaded.store["fc.weight"]).doubles()
    try withTemporaryFolder { folder in
      try saved.store.save(to: "\(folder)/w")
      try loaded.store.load("\(folder)/w", except: ["fc.weight", "fc.bias"])
    }
    #expect(try loaded.store["fc.weight"]?.doubles() == head)
    #expect(
      try loaded.store["conv1.weight"]?.doubles() == saved.store["conv1.weight"]?.doubles())
  }
}
#endif
