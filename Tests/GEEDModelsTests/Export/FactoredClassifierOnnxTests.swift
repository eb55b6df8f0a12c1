// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDModels
import GEEDOnnx
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct FactoredClassifierOnnxTests {
  private let weights: ParameterStore
  private let network: ResidualNetwork

  init() throws {
    weights = try ParameterStore(seed: 3)
    network = try ResidualNetwork(parameters: weights.root)
    try FormulaWeights.fill(weights)
  }

  @Test(
    "Blocks, features and logits are those of libtorch, for any number of images",
    .enabled(if: Runtime.isAvailable, Runtime.missing), arguments: [1, 2, 5])
  func outputs(count: Int) throws {
    let graph = try network.onnxGraph(inputShape: [3, 9, 9], parameters: weights)
    let model = try loaded(graph, name: "residual-network")
    #expect(model.tensors == ["stem", "layer1", "layer2", "features", "logits"])
    let batch = FormulaWeights.input([count, 3, 9, 9])
    let expected = try MeasurableClassifier(network).outputs(for: batch)
    let found = try model.outputs(for: batch)
    #expect(found.keys.sorted() == expected.keys.sorted())
    for (name, tensor) in expected {
      // Both sum a few hundred products in single precision, in another order.
      expectClose(found[name], tensor, relative: 1e-5, name)
    }
  }

  @Test("Layers are named as their parameters are, and what lies between them by module")
  func names() throws {
    let graph = try network.onnxGraph(inputShape: [3, 9, 9], parameters: weights)
    try withFile(of: graph) { path in
      let tensors = try OnnxGraph(contentsOf: path).tensors
      #expect(
        tensors.map(\.name) == [
          "conv1", "bn1", "stem",
          "layer1.0.conv1", "layer1.0.bn1", "layer1.0/add", "layer1",
          "layer2.0.conv1", "layer2.0.bn1", "layer2.0.downsample.0", "layer2.0.downsample.1",
          "layer2.0/add", "layer2",
          "features/relu", "features", "logits",
        ])
      #expect(
        tensors.map(\.operation) == [
          "Conv", "BatchNormalization", "Relu",
          "Conv", "BatchNormalization", "Add", "Relu",
          "Conv", "BatchNormalization", "Conv", "BatchNormalization",
          "Add", "Relu",
          "Relu", "ReduceMean", "Gemm",
        ])
      let batch = OnnxAxis.symbol("batch")
      #expect(tensors[0].shape == [batch, .fixed(4), .fixed(9), .fixed(9)])
      #expect(tensors[14].shape == [batch, .fixed(8)] && tensors[15].shape == [batch, .fixed(5)])
    }
  }

  /// 4·3·9 + 4·4 + 4·4·9 + 4·4 + 8·4·9 + 4·8 + 8·4 + 4·8 + 5·8 + 5 numbers of 4 bytes, and no more.
  @Test("Every weight is in the file once, under its name")
  func constants() throws {
    var graph = try network.onnxGraph(inputShape: [3, 9, 9], parameters: weights)
    #expect(weights.all.map(\.name).filter { !graph.contains($0) } == [])
    graph.metadata = ["seed": "3"]
    try withFile(of: graph) { path in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let numberBytes = 4 * weights.all.reduce(0) { $0 + $1.tensor.count }
      #expect(numberBytes == 4 * 713)
      #expect(bytes.count > numberBytes && bytes.count < numberBytes + 6000)
      #expect(bytes.range(of: Data("seed".utf8)) != nil)
    }
  }

  /// The kernels of the file are the standardized ones, so they have the name of the parameter.
  @Test("A layer that computes with what it makes of its weight is named after the weight")
  func derivedWeights() throws {
    let store = try ParameterStore(seed: 3)
    let layer = try StandardizedConvolution(
      3, 2, size: 3, parameters: store.root / "block" / "conv")
    let input = RecordedTensor(try .full(0, shape: [2, 3, 5, 5]))
    let output = try withoutGradients { try layer(input).relu() }
    let graph = try OnnxGraphBuilder(recording: [("y", output)], from: input, parameters: store)
    #expect(graph.contains("block.conv") && graph.contains("block.conv.weight"))
    let tensors = try withFile(of: graph) { try OnnxGraph(contentsOf: $0).tensors }
    #expect(tensors.map(\.name) == ["block.conv", "y"])
  }

  @Test("A weight that two layers share is stored once")
  func sharedWeights() throws {
    let input = RecordedTensor(try .full(0, shape: [2, 64]))
    let matrix = try TorchTensor(Array(repeating: Float(0.5), count: 64 * 64), shape: [64, 64])
    let once = try input.linear(weight: matrix, bias: nil)
    let twice = try once.linear(weight: matrix, bias: nil)
    func byteCount(_ output: RecordedTensor) throws -> Int {
      let graph = try OnnxGraphBuilder(recording: [("y", output)], from: input)
      return try withFile(of: graph) { try Data(contentsOf: URL(fileURLWithPath: $0)).count }
    }
    #expect(try byteCount(twice) - byteCount(once) < 200)
    #expect(try byteCount(once) > 64 * 64 * 4)
  }

  @Test(
    "Double-precision weights are exported as single precision",
    .enabled(if: Runtime.isAvailable, Runtime.missing))
  func doublePrecision() throws {
    let store = try ParameterStore(seed: 3, type: .float64)
    let precise = try ResidualNetwork(parameters: store.root)
    let model = try loaded(
      precise.onnxGraph(inputShape: [3, 9, 9], parameters: store), name: "double-precision")
    let images = FormulaWeights.input([2, 3, 9, 9])
    let expected = try precise(TorchTensor(images).converted(to: .float64, on: .cpu)).host()
    expectClose(try model.outputs(for: images)["logits"], expected, relative: 1e-5, "logits")
  }

  @Test(
    "A block that changes nothing, and one whose output is the features, keep their names",
    .enabled(if: Runtime.isAvailable, Runtime.missing))
  func identities() throws {
    let store = try ParameterStore(seed: 3)
    let flat = try FlatNetwork(parameters: store.root)
    let model = try loaded(
      flat.onnxGraph(inputShape: [2, 5, 5], parameters: store), name: "identities")
    #expect(model.tensors == ["same", "flat", "features", "logits"])
    let images = FormulaWeights.input([3, 2, 5, 5])
    let found = try model.outputs(for: images)
    #expect(found["same"]?.scalars == images.scalars)
    #expect(found["features"]?.scalars == images.scalars && found["features"]?.shape == [3, 50])
    let expected = try flat(TorchTensor(images)).host()
    expectClose(found["logits"], expected, relative: 1e-5, "logits")
  }

  @Test("Exporting writes the file with its metadata, and says where it cannot")
  func exporting() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "geed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "network.onnx").path()
    try network.exportOnnx(
      to: path, inputShape: [3, 9, 9], parameters: weights, metadata: ["iteration": "200"])
    let graph = try OnnxGraph(contentsOf: path)
    #expect(graph.outputs.map(\.name) == ["stem", "layer1", "layer2", "features", "logits"])
    #expect(graph.producer == "GEED \(GEEDVersion.current)")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes.range(of: Data("iteration".utf8)) != nil)
    #expect(throws: OnnxWriteError.self) {
      try network.exportOnnx(
        to: folder.path() + "/none/network.onnx", inputShape: [3, 9, 9], parameters: weights)
    }
    #expect(throws: TorchError.self) {
      try network.exportOnnx(to: path, inputShape: [4, 9, 9], parameters: weights)
    }
  }

  @Test("Recording changes no weights and no running statistics")
  func noSideEffects() throws {
    let before = try weights.all.map { try $0.tensor.host().scalars }
    let versions = weights.all.map(\.tensor.version)
    _ = try network.onnxGraph(inputShape: [3, 9, 9], parameters: weights)
    #expect(try weights.all.map { try $0.tensor.host().scalars } == before)
    #expect(weights.all.map(\.tensor.version) == versions)
  }

  @Test("Training, and what depends on the number of examples, are mistakes of the network")
  func mistakes() async {
    await #expect(processExitsWith: .failure) {
      let x = RecordedTensor(try .full(0, shape: [2, 4]))
      _ = try x.dropout(probability: 0.5, using: TorchGenerator(seed: 0))
    }
    await #expect(processExitsWith: .failure) {
      let x = RecordedTensor(try .full(0, shape: [2, 4]))
      let ones = try TorchTensor.full(1, shape: [4])
      _ = try x.batchNorm(
        BatchNormParameters(weight: nil, bias: nil, mean: ones, variance: ones), training: true,
        momentum: 0.1, epsilon: 1e-5)
    }
    await #expect(processExitsWith: .failure) {
      _ = try RecordedTensor(.full(0, shape: [2, 4])).mean(axes: [0], keepingAxes: true)
    }
    await #expect(processExitsWith: .failure) {
      _ = try RecordedTensor(.full(0, shape: [2, 4])).sliced(axis: -2, from: 0, to: 1, step: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = try RecordedTensor(.full(0, shape: [2, 4])).permuted([1, 0])
    }
    await #expect(processExitsWith: .failure) {
      _ = try RecordedTensor(.full(0, shape: [2, 4])).adding(.full(0, shape: [2, 4]))
    }
    await #expect(processExitsWith: .failure) {
      let (x, y) = (
        RecordedTensor(try .full(0, shape: [2, 4])), RecordedTensor(try .full(0, shape: [2, 4]))
      )
      _ = try OnnxGraphBuilder(recording: [("sum", x + y)], from: x)
    }
  }
}

/// A residual network in small: a stem and two blocks, of which the second halves the grid.
private struct ResidualNetwork: FactoredClassifier {
  let blockNames = ["stem", "layer1", "layer2"]
  private let stem: ConvolutionNorm
  private let layers: [ConvolutionNorm]
  private let shortcut: ConvolutionNorm
  private let head: Linear

  init(parameters p: ParameterPath) throws(TorchError) {
    stem = try ConvolutionNorm(3, 4, size: 3, padding: 1, conv: p / "conv1", norm: p / "bn1")
    let (first, second) = (p / "layer1" / 0, p / "layer2" / 0)
    layers = [
      try ConvolutionNorm(
        4, 4, size: 3, padding: 1, conv: first / "conv1", norm: first / "bn1"),
      try ConvolutionNorm(
        4, 8, size: 3, stride: 2, padding: 1, conv: second / "conv1", norm: second / "bn1"),
    ]
    let side = second / "downsample"
    shortcut = try ConvolutionNorm(4, 8, size: 1, stride: 2, conv: side / 0, norm: side / 1)
    head = try Linear(8, 5, parameters: p / "fc")
  }

  func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    switch index {
    case 0: try stem(x, mode).relu()
    case 1: try (layers[0](x, mode) + x).relu()
    default: try (layers[1](x, mode) + shortcut(x, mode)).relu()
    }
  }

  func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try x.relu().mean(axes: [2, 3], keepingAxes: false)
  }

  func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try head(features)
  }
}

/// Blocks that do nothing to the numbers.
private struct FlatNetwork: FactoredClassifier {
  let blockNames = ["same", "flat"]
  private let head: Linear

  init(parameters p: ParameterPath) throws(TorchError) {
    head = try Linear(50, 2, parameters: p / "head")
  }

  func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    index == 0 ? x : try x.flattened()
  }

  func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T { x }

  func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try head(features)
  }
}
#endif
