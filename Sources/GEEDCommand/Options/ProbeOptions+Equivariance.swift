// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData
import GEEDOnnx

extension ProbeOptions {
  /// Returns the equivariance probes, with notes on assumptions.
  func equivarianceChoices(in context: ProbeContext) throws -> ProbeChoices {
    let graph = context.graph
    let distances = try choices(
      distance, option: "--distance",
      for: [("--equivariance", equivariance.map(\.pattern))], of: graph)
    let kinds = try kinds(of: graph)
    let layouts = try layoutsByTensor(of: graph)
    var result = ProbeChoices()
    for option in equivariance {
      let action = try option.readAction(of: "--equivariance")
      for tensor in try tensors(matching: option.pattern, option: "--equivariance", of: graph) {
        guard !result.probes.contains(where: { $0.tensor == tensor.name }) else {
          throw UsageError(
            "'--equivariance' names the tensor '\(tensor.name)' twice; a run has one action and one "
              + "distance for each tensor.")
        }
        let distance = distances(tensor.name)?.name ?? .relative
        var probe = PlannedProbe(
          equivarianceOf: tensor.name, under: action, distance: distance,
          layout: layouts[tensor.name]?.layout)
        let kind = kinds(tensor.name)
        if distance.comparesDistributions { probe.scores = kind?.kind }
        probe.reference = reference
        if let operation = tensor.quantizing {
          throw UsageError(
            Unmeasurable.quantized(operation: operation).sentence(
              about: tensor.name, shape: context.described(tensor.name)))
        }
        try probe.readOutput(
          of: tensor, context.layouts, path: graph.path,
          isNamed: kind?.isNamed ?? false, isForImages: context.transformations.gridAction != nil)
        result.probes.append(probe)
      }
    }
    return result
  }
}

/// An action on an output or input, such as `tensor=spatial` or `tensor=matrix:turn.npy`.
struct ActionOption: ExpressibleByArgument {
  let pattern: String
  private let text: String

  init?(argument: String) {
    guard let (pattern, value) = argument.tensorAndValue, !value.isEmpty else { return nil }
    (self.pattern, text) = (pattern, value)
  }

  /// The action, unless it is in files.
  var action: OutputActionName? { OutputActionName(text) }

  /// Returns the action, with the matrices of `.npy` files; an error names the option.
  func readAction(of option: String) throws -> OutputActionName {
    let words = try text.split(separator: "&", omittingEmptySubsequences: false).map { word in
      guard word.hasPrefix("matrix:"), word.contains(".npy") else { return String(word) }
      return try "matrix:"
        + word.dropFirst("matrix:".count).split(separator: "/", omittingEmptySubsequences: false)
        .map(String.init)
        .joinedPaths.map(MatrixFile.text).joined(separator: "/")
    }
    guard let action = OutputActionName(words.joined(separator: "&")) else {
      throw UsageError(
        "'\(option) \(pattern)=\(text)': expected an action such as trivial, spatial, "
          + "permute:1,2,3,0, sign, fields:regular, irrep:1, matrix:0,-1;1,0, vector, points:unit or "
          + "boxes:unit, or several joined by '&'.")
    }
    return action
  }
}

extension [String] {
  /// The paths of `.npy` files whose parts these are, as names of folders are separated like files.
  fileprivate var joinedPaths: [String] {
    var paths: [String] = []
    var parts: [String] = []
    for part in self {
      parts.append(part)
      if part.hasSuffix(".npy") {
        paths.append(parts.joined(separator: "/"))
        parts = []
      }
    }
    return parts.isEmpty ? paths : paths + [parts.joined(separator: "/")]
  }
}

extension DeviationReference: ExpressibleByArgument {}
