// SPDX-License-Identifier: MIT

/// A metric on one tensor, in the terms of a ``MeasurementPlan``.
public struct PlannedProbe: Sendable, Hashable, Codable {
  /// The member of the family.
  public var metric: Metric

  /// The name of the tensor in the model's outputs.
  public var tensor: String

  /// The kind of scores that a softmax probe, or an equivariance probe with a distance of
  /// distributions, reads; `nil` for that which the model states, or logits, and for all others.
  /// ``ScoreKind/values`` are labels, for the distance ``DistanceName/mismatch``.
  public var scores: ScoreKind?

  /// Whether a softmax or equivariance probe compares the distributions of pixels; `nil` if not.
  public var isPerPixel: Bool?

  /// The fields by which the group permutes the tensor's channels.
  public var fields: FieldNotation?

  /// The order of the axes of a channelwise tensor, or of a tensor of pixels.
  public var layout: OutputLayout?

  /// Whether a channelwise probe searches for permutations of the channels; `nil` if it does not.
  public var searchesPermutations: Bool?

  /// Whether it searches for permutations that may change the signs of channels; `nil` if it does not.
  public var searchesSigns: Bool?

  /// The action of the group on the output, for equivariance probes.
  public var action: OutputActionName?

  /// The distance of *f(gx)* and *g f̂(x)*, for equivariance probes.
  public var distance: DistanceName?

  /// The output that others are compared with; `nil` for the mean over the kernel of the action, or for
  /// the output of the original example if the output holds labels that no element moves.
  public var reference: DeviationReference?

  /// Creates an equivariance probe.
  public init(
    equivarianceOf tensor: String, under action: OutputActionName,
    distance: DistanceName = .relative, scores: ScoreKind? = nil, layout: OutputLayout? = nil
  ) {
    self.init(.equivariance, tensor: tensor, scores: scores, layout: layout)
    self.action = action
    self.distance = distance
  }

  /// Creates a probe.
  public init(
    _ metric: Metric, tensor: String, scores: ScoreKind? = nil, isPerPixel: Bool = false,
    fields: FieldNotation? = nil, layout: OutputLayout? = nil
  ) {
    self.metric = metric
    self.tensor = tensor
    self.scores = scores
    self.isPerPixel = isPerPixel ? true : nil
    self.fields = fields
    self.layout = layout
  }

  /// Returns the probe under the action of a group on inputs of a shape.
  package func probe(
    of group: GroupName, under transformations: any TransformationAction, imageShape: [Int]
  ) throws -> Probe {
    if metric == .equivariance {
      return try equivariance(of: group, under: transformations, imageShape: imageShape)
    }
    guard action == nil, distance == nil, reference == nil else {
      throw ProbeError.noEquivariance(metric, tensor: tensor)
    }
    guard metric == .softmax || !(scores?.isBernoulli ?? false || isPerPixel ?? false) else {
      throw ProbeError.noSoftmax(metric, tensor: tensor)
    }
    var probe = Probe(
      metric, tensor: tensor, outputAction: try fields?.action(over: transformations),
      scores: scores ?? (metric == .softmax ? .logits : .values), isPerPixel: isPerPixel ?? false,
      layout: layout)
    guard searchesPermutations ?? false || searchesSigns ?? false else { return probe }
    guard metric == .channelwise,
      transformations.transformations.group.flatMap({ GroupPresentation($0) }) != nil
    else {
      throw ProbeError.noPermutations(tensor: tensor, group: transformations.transformations.name)
    }
    probe.searchesPermutations = true
    probe.searchesSigns = searchesSigns ?? false
    return probe
  }

  /// Whether the output holds labels, whose ``scores`` are ``ScoreKind/values``.
  var comparesLabels: Bool { distance == .mismatch && scores == .values }

  private func equivariance(
    of group: GroupName, under transformations: any TransformationAction, imageShape: [Int]
  ) throws -> Probe {
    guard let action else { throw ProbeError.noAction(tensor: tensor) }
    guard fields == nil, searchesPermutations == nil, searchesSigns == nil else {
      throw ProbeError.fieldsOfEquivariance(tensor: tensor)
    }
    let name = distance ?? .relative
    let scores = name.comparesDistributions ? scores ?? .logits : .values
    guard
      !name.comparesDistributions
        || action.keepsDistributions && !(action.isSpatial && group.changesNumbers)
    else {
      throw ProbeError.noDistributions(tensor: tensor, action: action, distance: name)
    }
    var probe = Probe(
      .equivariance, tensor: tensor,
      distance: comparesLabels ? LabelMismatch() : name.distance,
      outputAction: try action.action(
        of: group, over: transformations, imageShape: imageShape,
        isMap: layout == .nchw || layout == .nhwc),
      scores: scores, isPerPixel: isPerPixel ?? false, layout: layout)
    probe.actionName = action
    probe.distanceName = name
    probe.reference = reference ?? (comparesLabels && action.isTrivial ? .original : .mean)
    return probe
  }
}

/// A reason why a ``PlannedProbe`` cannot be a ``Probe``.
public enum ProbeError: Error, Hashable, CustomStringConvertible {
  /// Only softmax probes read Bernoulli scores or compare pixels.
  case noSoftmax(Metric, tensor: String)
  /// Actions, distances and references are those of equivariance probes.
  case noEquivariance(Metric, tensor: String)
  /// An equivariance probe needs an action.
  case noAction(tensor: String)
  /// Fields of an equivariance probe are part of its action.
  case fieldsOfEquivariance(tensor: String)
  /// The action makes other arrays of distributions than distributions.
  case noDistributions(tensor: String, action: OutputActionName, distance: DistanceName)
  /// Channel permutations are searched for channelwise probes under a cyclic or dihedral group.
  case noPermutations(tensor: String, group: String)

  /// One sentence that names metric and tensor.
  public var description: String {
    switch self {
    case .noSoftmax(let metric, let tensor):
      "Only softmax probes read the scores of labels or of pixels, not '\(metric.rawValue)' of "
        + "'\(tensor)'."
    case .noEquivariance(let metric, let tensor):
      "An action, a distance and a reference can be chosen only for equivariance probes, not for "
        + "'\(metric.rawValue)' of '\(tensor)'."
    case .noAction(let tensor):
      "The equivariance probe of '\(tensor)' needs an action, such as spatial."
    case .fieldsOfEquivariance(let tensor):
      "Fields of the equivariance probe of '\(tensor)' belong to its action, as in "
        + "'fields:regular'."
    case .noDistributions(let tensor, let action, let distance):
      "The action '\(action)' on '\(tensor)' does not map class probabilities to class "
        + "probabilities, which the distance '\(distance.rawValue)' compares."
    case .noPermutations(let tensor, let group):
      "Channel permutations of '\(tensor)' are searched for channelwise probes under rotations "
        + "(C8 and the like), rotations and reflections (D4), or flip, but not under \(group)."
    }
  }
}
