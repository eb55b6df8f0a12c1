// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx

/// What is measured of a model, and what patterns name besides that cannot be.
struct ProbeChoices {
  var probes: [ProbeChoice] = []
  var leftOut: [TensorsLeftOut] = []
  /// What was assumed of tensors.
  var notes: [String] = []
}

/// Tensors that a pattern names and that cannot be measured, for one reason.
struct TensorsLeftOut: Codable, Hashable {
  /// The option whose pattern names them.
  let option: String
  /// Why they cannot be measured: what each of them is, does or has.
  let reason: String
  let tensors: [String]

  /// Groups tensors by reason, the most frequent first.
  static func grouped(
    _ tensors: [(name: String, reason: String)], option: String
  ) -> [TensorsLeftOut] {
    let groups = Dictionary(grouping: tensors, by: \.reason)
    return groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map {
      TensorsLeftOut(option: option, reason: $0.key, tensors: $0.value.map(\.name))
    }
  }

  /// One clause: how many they are, why, and the first of them.
  var text: String {
    let first = tensors.prefix(2).joined(separator: ", ")
    let subject = tensors.count == 1 ? "one, which" : "\(tensors.count), each of which"
    return "\(subject) \(reason) (\(first)\(tensors.count > 2 ? ", …" : ""))"
  }

  /// One sentence for each option.
  static func lines(_ groups: [TensorsLeftOut]) -> [String] {
    var options: [String] = []
    for group in groups where !options.contains(group.option) { options.append(group.option) }
    return options.map { option in
      let own = groups.filter { $0.option == option }
      let count = own.reduce(0) { $0 + $1.tensors.count }
      return "\(option) leaves \(count) \(count == 1 ? "tensor" : "tensors") out: "
        + own.map(\.text).joined(separator: "; ") + "."
    }
  }
}

/// What is known of the model and the group when probes are chosen.
struct ProbeContext {
  let graph: OnnxGraph
  /// How the group moves examples.
  let transformations: any TransformationFamily
  /// What the graph says of its tensors; looked at only where a probe asks for it.
  let layouts: OnnxLayouts?

  /// The order of a tensor's axes that a channelwise probe reads it by.
  ///
  /// - Returns: The order, or why the tensor cannot be measured: what it is, does or has.
  func featureMap(
    _ name: String, layout override: OutputLayout?, fields: FieldOption?
  ) throws -> Result<OutputLayout, Unmeasurable> {
    let layout: OutputLayout
    if let override {
      layout = override
    } else {
      switch layouts?.layouts[name] ?? .unknown("it was not looked for") {
      case .known(let known): layout = known
      case .noFeatureMap(let reason): return .failure(.noFeatureMap(reason))
      case .unknown(let reason): return .failure(.unknown(reason))
      }
    }
    guard layout != .vector else { return .failure(.noFeatureMap("is a vector, without a grid")) }
    guard let shape = layouts?.shapes[name], shape.allSatisfy({ $0 >= 0 }) else {
      return .success(layout)
    }
    let row = Array(shape.dropFirst())
    guard let rearranged = layout.rearrangedShape(of: row) else {
      throw UsageError(
        "'--layout-of \(name)=\(layout)' does not fit the tensor '\(name)', which has shape "
          + "\(described(name)).")
    }
    if let reason = try reasonAgainst(rearranged, row: row, layout: layout, fields: fields) {
      return .failure(.misfit(reason))
    }
    return .success(layout)
  }

  /// The shape of a tensor as people write it.
  func described(_ name: String) -> String {
    layouts?.shape(of: name).map { "[" + $0.map(\.description).joined(separator: ", ") + "]" }
      ?? "that is not known"
  }

  /// Why the group cannot act on a feature map.
  private func reasonAgainst(
    _ shape: [Int], row: [Int], layout: OutputLayout, fields: FieldOption?
  ) throws -> String? {
    let name = transformations.transformations.name
    if row.count > 3, fields == nil {
      return "has its channels on several axes, of which '--fields TENSOR=regular' or the like has "
        + "to say how the group permutes them"
    }
    if let fields {
      let action = try fields.action(over: transformations)
      let channelAxes = Array(layout == .nchw ? row.dropLast(2) : row.dropFirst(2))
      if row.count > 3, !action.fields.fit(channelAxes: channelAxes, of: action.group) {
        return "has channels on axes of lengths \(channelAxes), which are no fields "
          + "'\(action.fields)' of \(name)"
      }
      do {
        _ = try FieldAction(TrivialAction(action.group), fields: action.fields)
          .operators(on: [shape[0], 1, 1])
      } catch ActionError.wrongLength(_, _, _, let expected) {
        return "has \(shape[0]) channels, but fields '\(action.fields)' of \(name) take "
          + expected
      }
    }
    guard shape[1] != shape[2] else { return nil }
    do {
      _ = try transformations.operators(on: [1, shape[1], shape[2]])
      return nil
    } catch ActionError.notSquare {
      return "has a grid of \(shape[1])x\(shape[2]), which the quarter turns of \(name) do not map "
        + "to itself"
    }
  }
}

/// Why a tensor cannot be measured channel by channel.
enum Unmeasurable: Error {
  /// It is known to be no feature map; the reason completes "it …".
  case noFeatureMap(String)
  /// The order of its axes is not known, and this is why.
  case unknown(String)
  /// The group cannot act on it; the reason completes "it …".
  case misfit(String)
  /// It holds quantized integers of this operator.
  case quantized(operation: String)

  /// What the tensor is, does or has, completing "each of which …".
  var reason: String {
    switch self {
    case .noFeatureMap(let reason), .misfit(let reason): reason
    case .quantized(let operation):
      "holds quantized integers (\(operation)), of which the tensor behind DequantizeLinear has the values"
    case .unknown: "has axes whose order the graph does not tell ('--layout-of' says it)"
    }
  }

  /// One sentence about a tensor that was asked for by its name.
  func sentence(about name: String, shape: String) -> String {
    switch self {
    case .noFeatureMap(let reason), .misfit(let reason):
      "Tensor '\(name)' of shape \(shape) cannot be measured channel by channel: it \(reason)."
    case .quantized:
      "Tensor '\(name)' of shape \(shape) cannot be measured: it \(reason)."
    case .unknown(let reason):
      "Which axes of tensor '\(name)' of shape \(shape) are the channels and which the grid cannot "
        + "be read off the graph (\(reason)); say it with --layout-of '\(name)=nchw', "
        + "'\(name)=nhwc' or '\(name)=tokens:HxW+k'."
    }
  }
}
