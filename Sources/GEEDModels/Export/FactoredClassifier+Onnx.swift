// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

extension FactoredClassifier {
  /// Records one forward pass in evaluation as an ONNX graph.
  ///
  /// The graph takes `image`, `[batch, C, H, W]`, with any number of images of one size, and
  /// returns the output of every block under its name, `features` and `logits`, and `pooled` if the
  /// features keep positions. Layers inside the graph are named after their parameters.
  package func onnxGraph(
    inputShape: [Int], parameters: ParameterStore
  ) throws(TorchError) -> OnnxGraphBuilder {
    precondition(
      inputShape.count == 3, "Expected the shape [C, H, W] of an image, but got \(inputShape).")
    return try withoutGradients { () throws(TorchError) in
      // Two examples, because the first axis of a single one could be mistaken for an axis of
      // length 1.
      let image = RecordedTensor(
        try .full(
          0, shape: [2] + inputShape, type: parameters.type, device: parameters.device))
      let outputs = try outputs(image)
      var graph = try OnnxGraphBuilder(
        recording: zip(outputNames, outputs.all).map { ($0, $1) }, from: image,
        parameters: parameters, name: "\(Self.self)")
      graph.documentation =
        "\(Self.self) for images of shape \(inputShape). Outputs: every block, "
        + (keepsPositionsInFeatures ? "pooled (the means of the last one), " : "")
        + "features, and logits before the softmax."
      return graph
    }
  }

  /// Writes the classifier as an ONNX file, which ONNX Runtime runs and Netron shows.
  ///
  /// Names and shapes are those of `onnxGraph(inputShape:parameters:)`. The file has the current
  /// weights; a tensor that a layer derives from its weights alone, such as the filters of a
  /// steerable convolution, is stored expanded.
  ///
  /// - Parameters:
  ///   - path: The file; an existing file is replaced at the end.
  ///   - inputShape: The shape of one image, `[C, H, W]`.
  ///   - parameters: The store of the classifier's weights.
  ///   - metadata: Texts to store in the file, such as the seed of a training run.
  /// - Throws: `TorchError` if the classifier does not accept such images, `OnnxWriteError` if
  ///   the file cannot be written.
  public func exportOnnx(
    to path: String, inputShape: [Int], parameters: ParameterStore,
    metadata: [String: String] = [:]
  ) throws {
    var graph = try onnxGraph(inputShape: inputShape, parameters: parameters)
    graph.metadata = metadata
    try graph.write(to: path)
  }
}
