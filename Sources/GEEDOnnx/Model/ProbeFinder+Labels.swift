// SPDX-License-Identifier: MIT

import GEED

extension ProbeFinder {
  /// An output with a grid that the group may move.
  private typealias GridOutput = (tensor: OnnxTensor, grid: [Int])

  /// The outputs with a grid, with and without channels, such as images, depths and labels of pixels.
  private var gridOutputs: [GridOutput] {
    let withChannels: [GridOutput] = graph.tensors.compactMap { tensor in
      guard outputs.contains(tensor.name) else { return nil }
      return Self.anyGrid(of: tensor, layouts).map { (tensor, $0) }
    }
    let others: [GridOutput] = graph.tensors.compactMap { tensor in
      guard outputs.contains(tensor.name), tensor.quantizing == nil,
        layouts.layouts[tensor.name] == .withoutChannels,
        let shape = layouts.shapes[tensor.name], shape.count == 3, shape.allSatisfy({ $0 > 1 })
      else { return nil }
      return (tensor, Array(shape.suffix(2)))
    }
    return withChannels + others
  }

  /// Whether the whole numbers of a grid are labels, and not the colors of an image.
  private func isOfLabels(_ tensor: OnnxTensor) -> Bool {
    if tensor.holdsLabels { return true }
    guard tensor.elementType?.isWholeNumber ?? false else { return false }
    let shape = layouts.shapes[tensor.name] ?? []
    let channels = layouts.layouts[tensor.name]?.featureMap?.rearrangedShape(
      of: Array(shape.dropFirst()))?.first
    return tensor.elementType != .uint8 || channels ?? 1 == 1
  }

  func addGrids(to chosen: inout ChosenProbes) {
    var moved: [String] = []
    var labels: [String] = []
    for (tensor, grid) in gridOutputs {
      let isOfLabels = isOfLabels(tensor)
      if !isOfLabels, tensor.reasonAgainstQuantities(nil) != nil { continue }
      var probe = PlannedProbe(
        equivarianceOf: tensor.name, under: .spatial,
        distance: isOfLabels
          ? .mismatch : tensor.scores?.kind == nil ? .relative : .kullbackLeibler)
      do throws(OnnxModelError) {
        try probe.readOutput(of: tensor, layouts, path: graph.path, isNamed: false)
      } catch {
        continue
      }
      chosen.probes.append(probe)
      let text = "\(tensor.name) (\(grid[0])x\(grid[1]))"
      if isOfLabels { labels.append(text) } else { moved.append(text) }
    }
    if !moved.isEmpty {
      chosen.reasons.append(
        "equivariance of \(moved.joined(separator: ", ")), which should move as the image does")
    }
    if !labels.isEmpty {
      chosen.reasons.append(
        "mismatch of \(labels.joined(separator: ", ")), labels that should move as the image does")
    }
  }

  /// Adds the labels of whole examples: one for each, or several that a linear layer decides.
  func addLabels(to chosen: inout ChosenProbes) {
    var names: [String] = []
    for tensor in graph.tensors where outputs.contains(tensor.name) {
      guard let length = rowLength(of: tensor),
        tensor.holdsLabels
          || tensor.scores?.kind == nil && tensor.elementType?.isWholeNumber ?? false,
        length == 1 || tensor.holdsLabels && features(before: tensor.name) != nil
      else { continue }
      chosen.probes.append(
        PlannedProbe(
          equivarianceOf: tensor.name, under: .trivial, distance: .mismatch, scores: .values))
      names.append(tensor.name)
    }
    guard !names.isEmpty else { return }
    chosen.reasons.append(
      "mismatch of \(names.joined(separator: ", ")), labels that should stay as they are")
  }

  /// The outputs besides numbers and scores whose last linear layer may have a vector of features as its
  /// input: labels, coordinates and others without a grid.
  var otherHeads: [String] {
    let grids = Set(gridOutputs.map(\.tensor.name))
    let known = Set(vectorOutputs.filter { purpose(of: $0) != .coordinates }.map(\.name))
    return graph.tensors.map(\.name).filter {
      outputs.contains($0) && !grids.contains($0) && !known.contains($0)
    }
  }

  /// Adds the reasons why outputs have no probe.
  func addLeftOut(to chosen: inout ChosenProbes) {
    let probed = Set(chosen.probes.map(\.tensor))
    for tensor in graph.tensors where tensor.isOutput && !probed.contains(tensor.name) {
      chosen.leftOut.append("\(tensor.name), which \(reasonLeftOut(tensor))")
    }
    for output in graph.outputs where graph.holdsText(output.name) {
      chosen.leftOut.append("\(output.name), which holds text")
    }
  }

  /// Returns the reason why an output has no probe, completing "which …".
  private func reasonLeftOut(_ tensor: OnnxTensor) -> String {
    let name = tensor.name
    if let reason = layouts.reasonAgainstRows(name) { return reason }
    if tensor.quantizing != nil || !tensor.holdsLabels, let reason = tensor.scores?.reasonAgainst {
      return "holds \(reason)"
    }
    let shape = layouts.shape(of: name)
    if let reason = tensor.reasonAgainstQuantities(shape) { return reason }
    if OutputPurpose(ofOutput: name, origin: tensor.origin, isNormalized: false) == .coordinates {
      return "by its name holds coordinates ('--equivariance \(name)=points:unit' or 'boxes:unit' "
        + "moves them)"
    }
    let axes = shape.map { "has the shape \(describe($0))" } ?? "has a shape that is not known"
    return axes + " ('--equivariance \(name)=ACTION' compares it)"
  }
}
