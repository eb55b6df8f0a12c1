// SPDX-License-Identifier: MIT

/// A metric on one tensor of the model.
public struct Probe: Sendable {
  /// The member of the family.
  public let metric: Metric

  /// The name of the tensor in the model's outputs.
  public let tensor: String

  /// The kind of scores that the tensor holds.
  public let scores: ScoreKind

  /// The action of the group on the output. `nil` selects the default of the metric: the action on
  /// the input for channelwise and for every pixel, the trivial action for all others.
  public let outputAction: (any TransformationAction)?

  /// Whether a softmax probe compares one distribution for every pixel of outputs `[K, H, W]`,
  /// under the action on the grid, instead of one for every example.
  public let isPerPixel: Bool

  /// The distance by which outputs are compared; by default that of the metric.
  public var distance: any Distance

  /// The order of the output's axes, from which outputs are rearranged to `[C, H, W]` before they
  /// are compared. `nil` compares outputs unchanged.
  public var layout: OutputLayout?

  /// The distance by which outputs of different examples are compared for M, if it is not
  /// ``distance``.
  public var scaleDistance: (any Distance)?

  /// Creates a probe.
  ///
  /// - Precondition: Only softmax probes read Bernoulli scores or compare pixels.
  public init(
    _ metric: Metric, tensor: String, scores: ScoreKind = .values, isPerPixel: Bool = false,
    outputAction: (any TransformationAction)? = nil
  ) {
    precondition(
      metric == .softmax || !(scores.isBernoulli || isPerPixel),
      "Expected a softmax probe, but got \(metric).")
    self.metric = metric
    self.tensor = tensor
    self.scores = scores
    self.isPerPixel = isPerPixel
    self.outputAction = outputAction
    self.distance = metric.distance
  }

  /// Returns a probe for the softmax G-EED of class scores, or of other scores if `scores` says so;
  /// of every pixel of a tensor `[N, K, H, W]` if `isPerPixel` is `true`.
  public static func softmax(
    _ tensor: String, scores: ScoreKind = .logits, isPerPixel: Bool = false
  ) -> Probe {
    Probe(.softmax, tensor: tensor, scores: scores, isPerPixel: isPerPixel)
  }

  /// Returns a probe for the latent G-EED with the ℓ₂ distance.
  public static func latent(_ tensor: String) -> Probe {
    Probe(.latent, tensor: tensor)
  }

  /// Returns a probe for the latent G-EED with the cosine.
  public static func latentCosine(_ tensor: String) -> Probe {
    Probe(.latentCosine, tensor: tensor)
  }

  /// Returns a probe for the channelwise G-EED of a tensor `[N, C, H, W]`, or of another `layout`.
  public static func channelwise(
    _ tensor: String, layout: OutputLayout? = nil,
    outputAction: (any TransformationAction)? = nil
  ) -> Probe {
    var probe = Probe(.channelwise, tensor: tensor, outputAction: outputAction)
    probe.layout = layout
    return probe
  }
}
