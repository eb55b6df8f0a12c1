// SPDX-License-Identifier: MIT

import GEED

extension MeasurementPlan {
  /// Returns the measurement of an ONNX model on data.
  ///
  ///     let plan = MeasurementPlan(
  ///       group: .cyclic(8), probes: [PlannedProbe(.softmax, tensor: "logits")])
  ///     let results = try plan.measurement(ofModelAt: "model.onnx", on: images).run().results
  ///
  /// The model returns the tensors that the probes name. What a probe does not state is read off the
  /// graph: the kind of scores of a softmax probe, and the order of the axes of a channelwise probe
  /// and of scores of pixels. Scores that the graph does not determine are logits, or the logit of
  /// one label if there is a single one. Class numbers, which an `ArgMax` or the like computes,
  /// can be compared only by the distance `mismatch`.
  ///
  /// - Parameters:
  ///   - path: The path of an ONNX file.
  ///   - dataset: The examples, `[C, H, W]` for images.
  ///   - scaleDataset: The examples of *M*, if they are not those of `dataset`.
  ///   - options: The options with which the model is run.
  /// - Throws: The errors of ``OnnxModel/init(contentsOf:probing:options:)``; ``OnnxModelError`` for
  ///   a tensor that a probe cannot read, for a random model, and for examples with fractions of a
  ///   model that takes whole numbers; the errors of `MeasurementPlan.measurement(of:on:scaleDataset:)`.
  public func measurement(
    ofModelAt path: String, on dataset: any Dataset, scaleDataset: (any Dataset)? = nil,
    options: OnnxOptions = OnnxOptions()
  ) throws -> DeviationMeasurement {
    let graph = try OnnxGraph(contentsOf: path)
    var options = options
    options.keepsAxisOrder = true
    options.parts = inputs ?? options.parts
    let needsLayouts = probes.contains { probe in
      switch probe.metric {
      case .channelwise: probe.layout == nil
      case .softmax: graph.tensor(named: probe.tensor)?.mayHavePixels ?? false
      case .equivariance:
        probe.layout == nil
          && (probe.action.map { $0.movesGrids || $0.mixesChannels || $0.movesCoordinates } ?? false
            || graph.tensor(named: probe.tensor)?.mayHavePixels ?? false)
      case .latent, .latentCosine: false
      }
    }
    let layouts =
      needsLayouts
      ? try graph.layouts(exampleShape: dataset.exampleShape, options: options) : nil
    var plan = self
    plan.probes = try probes.map {
      try $0.reading(graph, layouts, isForImages: group.isForImages)
    }
    let model = try OnnxModel(graph: graph, probing: tensors, options: options)
    if draws == nil { try graph.requireDeterminism(of: tensors) }
    let measurement = try plan.measurement(of: model, on: dataset, scaleDataset: scaleDataset)
    try model.requireWholeNumbers(in: measurement)
    return measurement
  }
}

extension PlannedProbe {
  /// Returns the probe with what the graph determines and the probe does not state.
  fileprivate func reading(
    _ graph: OnnxGraph, _ layouts: OnnxLayouts?, isForImages: Bool
  ) throws(OnnxModelError) -> PlannedProbe {
    guard let found = graph.tensor(named: tensor) else { return self }
    var probe = self
    if metric == .softmax {
      if scores == nil, let reason = found.scores?.reasonAgainst {
        throw .noScores(path: graph.path, tensor: tensor, reason: reason)
      }
      try probe.readScores(
        of: found, layouts, kind: scores, isNamed: scores != nil, layout: layout)
      probe.isPerPixel = isPerPixel ?? probe.isPerPixel
      return probe
    }
    if let operation = found.quantizing {
      throw .quantized(path: graph.path, tensor: tensor, operation: operation)
    }
    if metric == .equivariance {
      try probe.readOutput(
        of: found, layouts, path: graph.path, isNamed: scores != nil, isForImages: isForImages)
      return probe
    }
    if let reason = found.reasonAgainstQuantities(layouts?.shape(of: tensor)) {
      throw .noQuantities(path: graph.path, tensor: tensor, reason: reason)
    }
    guard metric == .channelwise, layout == nil else { return self }
    probe.layout = try featureMap(in: layouts, path: graph.path)
    return probe
  }

  /// Returns the order of the axes of a feature map as far as the graph determines it; `nil` for a
  /// vector.
  private func featureMap(
    in layouts: OnnxLayouts?, path: String
  ) throws(OnnxModelError) -> OutputLayout? {
    let reason: String
    switch layouts?.layouts[tensor] {
    case .known(let order)?: return order == .vector ? nil : order
    case nil: return nil
    case .noFeatureMap(let found)?: reason = found
    case .unknown(let found)?: reason = "has axes of unknown order (\(found))"
    }
    throw .noFeatureMap(path: path, tensor: tensor, reason: reason)
  }

  /// Sets the kind of scores of an equivariance probe, and the axes of a grid.
  ///
  /// - Parameters:
  ///   - isNamed: Whether ``scores`` was given for this tensor.
  ///   - isForImages: Whether the group acts on grids of pixels, and not on a numbered axis.
  /// - Throws: ``OnnxModelError`` if the action moves a grid, or the distance is one of the
  ///   distributions of pixels, and the graph does not determine the axes; for class numbers with
  ///   another distance than ``DistanceName/mismatch``.
  package mutating func readOutput(
    of found: OnnxTensor, _ layouts: OnnxLayouts?, path: String, isNamed: Bool,
    isForImages: Bool = true
  ) throws(OnnxModelError) {
    let shape = layouts?.shape(of: tensor) ?? found.shape
    let axisCount = shape?.count ?? 0
    let holdsLabels =
      distance == .mismatch && (found.holdsLabels || found.elementType?.isWholeNumber ?? false)
    if holdsLabels {
      scores = .values
    } else if distance != .mismatch, let reason = found.reasonAgainstQuantities(shape) {
      throw .noQuantities(path: path, tensor: tensor, reason: reason)
    }
    if distance?.comparesDistributions ?? false, !holdsLabels {
      if scores == nil, let reason = found.scores?.reasonAgainst {
        throw .noScores(path: path, tensor: tensor, reason: reason)
      }
      // The scores of a feature map are those of its pixels.
      try readScores(
        of: found, layouts, kind: scores, isNamed: isNamed || axisCount == 4, layout: layout)
      return
    }
    guard let action, layout == nil, isForImages, axisCount != 2 || action.isSpatial else { return }
    if action.movesCoordinates, !action.isSpatial {
      try readCoordinates(axisCount: axisCount, layouts, path: path)
      return
    }
    guard action.movesGrids || action.mixesChannels else { return }
    if axisCount == 3, action == .spatial, layouts?.layouts[tensor] == .withoutChannels { return }
    layout = try featureMap(in: layouts, path: path)
    guard layout == nil, action.isSpatial else { return }
    throw .noFeatureMap(path: path, tensor: tensor, reason: "is a vector, without a grid")
  }

  /// Sets the axes of a map each pixel of which holds coordinates; other outputs hold them on the last
  /// axis.
  private mutating func readCoordinates(
    axisCount: Int, _ layouts: OnnxLayouts?, path: String
  ) throws(OnnxModelError) {
    guard axisCount == 4, let count = action?.coordinateCount else { return }
    let lengths = layouts?.shape(of: tensor)?.map(\.length)
    switch layouts?.layouts[tensor] {
    case .known(.nhwc)?: layout = .nhwc
    // Items on the last axis, unless the channels hold as many coordinates.
    case .known(.nchw)?
    where lengths?[3] != count || lengths?[1].map { $0.isMultiple(of: count) } ?? true:
      layout = .nchw
    case .unknown(let found)?:
      throw .noFeatureMap(
        path: path, tensor: tensor,
        reason:
          "has axes of unknown order (\(found)), so it is unclear whether its pixels hold coordinates; "
          + "'--layout-of \(tensor)=nchw' says that they do, and '\(tensor)=vector' that the last axis does"
      )
    default: break
    }
  }

  /// Sets the kind of scores of a softmax probe, and the axes of pixels.
  ///
  /// Pixels are compared if the kind was given for this tensor or read off the graph. Class
  /// probabilities that do not sum to 1 over axis 1 are rejected when they are measured; label
  /// probabilities cannot be checked that way.
  ///
  /// - Parameters:
  ///   - kind: The kind if it was given; otherwise it is read off the graph, or assumed.
  ///   - isNamed: Whether the kind was given for this tensor, and not for all.
  ///   - order: The order of the axes if it was given.
  /// - Throws: ``OnnxModelError/unknownPixels(tensor:shape:reason:)``.
  package mutating func readScores(
    of found: OnnxTensor, _ layouts: OnnxLayouts?, kind: ScoreKind?, isNamed: Bool,
    layout order: OutputLayout?
  ) throws(OnnxModelError) {
    let shape = layouts?.shape(of: tensor) ?? found.shape
    let isSingle = shape.map { $0.dropFirst().allSatisfy { $0.length == 1 } } ?? false
    scores = kind ?? found.scores?.kind ?? (isSingle ? .bernoulliLogit : .logits)
    let isRead = found.scores?.kind.map { !$0.isBernoulli } ?? false
    guard isNamed || isRead, let order = try found.pixelOrder(shape, layouts, given: order) else {
      return
    }
    isPerPixel = true
    layout = order == .nhwc ? .nhwc : nil
  }
}

extension OnnxTensor {
  /// Whether the tensor may hold scores of pixels, so that its layout is needed.
  package var mayHavePixels: Bool { shape == nil || shape?.count == 4 }

  /// The operator that computed the values if they are quantized integers, or `nil`.
  package var quantizing: String? {
    if case .quantized(let operation)? = scores { operation } else { nil }
  }

  /// Returns the order of the axes of scores that are compared pixel by pixel, or `nil` if there is
  /// at most one pixel.
  fileprivate func pixelOrder(
    _ shape: [OnnxAxis]?, _ layouts: OnnxLayouts?, given: OutputLayout?
  ) throws(OnnxModelError) -> OutputLayout? {
    let row = shape?.dropFirst().map(\.length) ?? []
    guard row.count == 3 else { return nil }
    let reason: String
    switch given.map(OnnxTensorLayout.known) ?? layouts?.layouts[name] {
    case .known(let order)? where order == .nchw || order == .nhwc:
      let grid = order == .nchw ? row.suffix(2) : row.prefix(2)
      return grid == [1, 1] ? nil : order
    case .known(let order)?: reason = "its axes are those of '\(order)'"
    case .noFeatureMap(let found)?: reason = "it \(found)"
    case .unknown(let found)?: reason = found
    case nil: reason = "it was not looked for"
    }
    // The classes of a single pixel may be on any axis.
    if row.count(where: { $0 != 1 }) < 2 { return nil }
    throw .unknownPixels(
      tensor: name, shape: layouts?.shape(of: name).map(describe) ?? "that is not known",
      reason: reason)
  }
}

extension OnnxModel {
  /// Throws if the model takes whole numbers and the examples are not suitable: outside the range of
  /// the type, or so small that rounding distorts them.
  ///
  /// Resized pixels are rounded as well, which changes them by less than one percent.
  package func requireWholeNumbers(in measurement: DeviationMeasurement) throws {
    let dataset = measurement.dataset
    let chosen = randomExamples(min(64, dataset.count), of: dataset.count, seed: measurement.seed)
    for input in plan.examples {
      guard let range = input.elementType.number?.wholeNumbers else { continue }
      var (squares, squaredErrors) = (0.0, 0.0)
      for index in chosen {
        let scalars = try dataset.example(at: index).scalars
        for value in scalars[input.part?.range ?? scalars.indices].lazy.map(Double.init) {
          guard range.contains(value.rounded()) else {
            throw OnnxModelError.outsideRange(
              path: graph.path, type: input.elementType, dataset: dataset.name, example: index,
              value: Float(value))
          }
          squares += value * value
          squaredErrors += (value - value.rounded()) * (value - value.rounded())
        }
      }
      guard squaredErrors > 0.02 * 0.02 * squares else { continue }
      throw OnnxModelError.roundedAway(
        path: graph.path, type: input.elementType, dataset: dataset.name)
    }
  }
}
