// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx
import GEEDReport

/// The probes of a model, and the tensors that patterns match but that cannot be measured.
struct ProbeChoices {
  var probes: [PlannedProbe] = []
  var leftOut: [TensorsLeftOut] = []
  /// Those of the probes that were not named, but chosen.
  var chosen: Set<PlannedProbe> = []
  /// Which probes were chosen and why, and how to choose others.
  var reasons: [String] = []
  /// Notes on assumptions about tensors.
  var notes: [String] = []
}

/// The properties of the model and the group that determine the choice of probes.
struct ProbeContext {
  let graph: OnnxGraph
  let transformations: any TransformationAction
  /// The layouts of the graph's tensors, if a probe requires them.
  let layouts: OnnxLayouts?

  /// Returns the order of a tensor's axes for a channelwise probe, or why it cannot be measured.
  func featureMap(
    _ name: String, layout override: OutputLayout?, fields: FieldOption?
  ) throws -> Result<OutputLayout, Unmeasurable> {
    guard transformations.gridAction != nil else {
      return .failure(
        .misfit(
          "has no grid of pixels that \(transformations.transformations.name) moves; compare it with "
            + "'--equivariance TENSOR=spatial' if it should move as the input does"))
    }
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

  /// Returns the reason that differences of a tensor's values mean nothing; `nil` if there is none.
  func unmeasurable(_ tensor: OnnxTensor) -> Unmeasurable? {
    Unmeasurable(valuesOf: tensor, shape: layouts?.shape(of: tensor.name))
  }

  func described(_ name: String) -> String {
    (layouts?.shape(of: name) ?? graph.tensor(named: name)?.shape).map(describe)
      ?? "that is not known"
  }

  /// Returns the reason that the group cannot act on a feature map.
  func reasonAgainst(
    _ shape: [Int], row: [Int], layout: OutputLayout, fields: FieldOption?
  ) throws -> String? {
    let name = transformations.transformations.name
    if row.count > 3, fields == nil {
      return
        "has its channels on several axes; '--fields TENSOR=regular' or the like has to specify "
        + "how the group permutes them"
    }
    if let action = try fields?.action(over: transformations) {
      let channelAxes = Array(layout == .nchw ? row.dropLast(2) : row.dropFirst(2))
      if row.count > 3, !action.channelFields.fit(channelAxes: channelAxes, of: action.group) {
        return "has channels on axes of lengths \(channelAxes), which are no fields "
          + "'\(action.channelFields)' of \(name)"
      }
      do {
        _ = try FieldAction(TrivialAction(action.group), fields: action.channelFields)
          .operators(on: [shape[0], 1, 1])
      } catch ActionError.wrongLength(_, _, _, let expected) {
        return "has \(shape[0]) channels, but fields '\(action.channelFields)' of \(name) take "
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

/// The reason that a tensor cannot be measured channel by channel.
enum Unmeasurable: Error {
  /// Finds the reason that differences of a tensor's values mean nothing; `nil` if there is none.
  init?(valuesOf tensor: OnnxTensor, shape: [OnnxAxis]?) {
    if let operation = tensor.quantizing {
      self = .quantized(operation: operation)
    } else if let reason = tensor.reasonAgainstQuantities(shape) {
      self = .noQuantities(reason)
    } else {
      return nil
    }
  }

  /// The tensor is not a feature map; the reason completes "it …".
  case noFeatureMap(String)
  /// The order of its axes is unknown, for the given reason.
  case unknown(String)
  /// The group cannot act on the tensor; the reason completes "it …".
  case misfit(String)
  /// The tensor holds quantized integers, computed by this operator.
  case quantized(operation: String)
  /// The tensor holds class numbers; the reason completes "it …".
  case noQuantities(String)

  /// A predicate about the tensor, completing "each of which …".
  var reason: String {
    switch self {
    case .noFeatureMap(let reason), .misfit(let reason), .noQuantities(let reason): reason
    case .quantized(let operation):
      "holds quantized integers (\(operation)), of which the tensor behind DequantizeLinear has the values"
    case .unknown: "has axes whose order the graph does not determine ('--layout-of' specifies it)"
    }
  }

  /// Returns a sentence about a tensor that was requested by its name.
  func sentence(about name: String, shape: String) -> String {
    switch self {
    case .noFeatureMap(let reason), .misfit(let reason):
      "Tensor '\(name)' of shape \(shape) cannot be measured channel by channel: it \(reason)."
    case .quantized, .noQuantities:
      "Tensor '\(name)' of shape \(shape) cannot be measured: it \(reason)."
    case .unknown(let reason):
      "Which axes of tensor '\(name)' of shape \(shape) are the channels and which the grid cannot "
        + "be read off the graph (\(reason)); specify them with --layout-of '\(name)=nchw', "
        + "'\(name)=nhwc' or '\(name)=tokens:HxW+k'."
    }
  }
}
