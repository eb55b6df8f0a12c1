// SPDX-License-Identifier: MIT

import GEED

extension MeasurementPlan {
  /// Returns the measurement of an ONNX model on data.
  ///
  ///     let plan = MeasurementPlan(
  ///       group: .cyclic(8), probes: [PlannedProbe(.softmax, tensor: "logits")])
  ///     let results = try plan.measurement(ofModelAt: "model.onnx", on: images).run().results
  ///
  /// The model returns the tensors that the probes name. The kind of scores of a softmax probe, and
  /// the order of the axes of a channelwise probe, are read off the graph where the probe does not
  /// state them.
  ///
  /// - Parameters:
  ///   - path: The path of an ONNX file.
  ///   - dataset: The examples, `[C, H, W]` for images.
  ///   - scaleDataset: The examples of *M*, if they are not those of `dataset`.
  ///   - options: The options with which the model is run.
  /// - Throws: The errors of ``OnnxModel/init(contentsOf:probing:options:)``;
  ///   ``OnnxModelError/noScores(path:tensor:reason:)`` and
  ///   ``OnnxModelError/noFeatureMap(path:tensor:reason:)`` for a tensor that a probe cannot read;
  ///   ``OnnxModelError/random(path:tensor:operators:)`` for a random model; the errors of
  ///   `MeasurementPlan.measurement(of:on:scaleDataset:)`.
  public func measurement(
    ofModelAt path: String, on dataset: any Dataset, scaleDataset: (any Dataset)? = nil,
    options: OnnxOptions = OnnxOptions()
  ) throws -> DeviationMeasurement {
    let graph = try OnnxGraph(contentsOf: path)
    var options = options
    options.keepsAxisOrder = true
    let needsLayouts = probes.contains { $0.metric == .channelwise && $0.layout == nil }
    let layouts =
      needsLayouts
      ? try graph.layouts(exampleShape: dataset.exampleShape, options: options).layouts : [:]
    var plan = self
    plan.probes = try plan.probes.map { probe in
      switch probe.metric {
      case .softmax: try probe.readingScores(of: graph)
      case .channelwise: try probe.readingLayout(of: graph, among: layouts)
      case .latent, .latentCosine: probe
      }
    }
    let model = try OnnxModel(graph: graph, probing: tensors, options: options)
    try graph.requireDeterminism(of: tensors)
    return try plan.measurement(of: model, on: dataset, scaleDataset: scaleDataset)
  }
}

extension PlannedProbe {
  /// Returns the probe with the kind of scores that the graph determines, unless it has one.
  fileprivate func readingScores(of graph: OnnxGraph) throws(OnnxModelError) -> PlannedProbe {
    guard scores == nil, let found = graph.tensor(named: tensor)?.scores else { return self }
    if let reason = found.reasonAgainst {
      throw .noScores(path: graph.path, tensor: tensor, reason: reason)
    }
    var probe = self
    probe.scores = found.kind
    return probe
  }

  /// Returns the probe with the order of axes that the graph determines, unless it has one.
  fileprivate func readingLayout(
    of graph: OnnxGraph, among layouts: [String: OnnxTensorLayout]
  ) throws(OnnxModelError) -> PlannedProbe {
    guard layout == nil else { return self }
    var probe = self
    switch layouts[tensor] {
    case .known(let layout)? where layout != .vector: probe.layout = layout
    case .known?, nil: break
    case .noFeatureMap(let reason)?:
      throw .noFeatureMap(path: graph.path, tensor: tensor, reason: reason)
    case .unknown(let reason)?:
      throw .noFeatureMap(
        path: graph.path, tensor: tensor, reason: "has axes of unknown order (\(reason))")
    }
    return probe
  }
}
