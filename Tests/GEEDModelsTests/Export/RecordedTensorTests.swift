// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDModels
import GEEDOnnx
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct RecordedTensorTests {
  @Test(
    "ONNX Runtime computes what libtorch does, for other numbers of examples than were recorded",
    .enabled(if: Runtime.isAvailable, Runtime.missing), arguments: RecordedOperation.allCases,
    [1, 2])
  func operation(_ operation: RecordedOperation, recordedCount: Int) throws {
    let example = RecordedTensor(try .full(0, shape: [recordedCount, 6, 5, 7]))
    let graph = try OnnxGraphBuilder(
      recording: [("result", operation(example))], from: example, named: "image")
    let model = try loaded(graph, name: "operation-\(operation)-\(recordedCount)")
    for count in [1, 5] {
      var generator = SplitMix64(seed: UInt64(count))
      let batch = Tensor(
        shape: [count, 6, 5, 7],
        scalars: (0..<count * 210).map { _ in Float.random(in: -1...1, using: &generator) })
      let expected = try operation(TorchTensor(batch)).host()
      // Sums of up to 210 products, in another order.
      expectClose(
        try model.outputs(for: batch)["result"], expected, relative: 1e-5, operation.rawValue)
    }
  }
}
#endif
