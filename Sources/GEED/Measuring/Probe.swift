// SPDX-License-Identifier: MIT

/// One thing to measure: a metric on one tensor of the model.
public struct Probe: Sendable {
  /// The member of the family.
  public let metric: Metric

  /// The name of the tensor in the model's outputs.
  public let tensor: String

  /// How the tensor's scalars are to be read.
  public let scores: ScoreKind

  /// How the group acts on the output. `nil` is the metric's own choice: the action on the input
  /// for channelwise and for every pixel, the trivial action for all others.
  public let outputAction: (any TransformationFamily)?

  /// Whether a softmax probe compares a distribution for every pixel of outputs `[K, H, W]`, under the
  /// action on the grid, and not one for every example.
  public let isPerPixel: Bool

  /// How outputs are compared; the metric's own distance unless it is set.
  public var distance: any Distance

  /// The order of the output's axes, in which it is brought to `[C, H, W]` before anything is
  /// compared. `nil` compares outputs as they are.
  public var layout: OutputLayout?

  /// How outputs of different examples are compared for M, where it is not by ``distance``.
  public var scaleDistance: (any Distance)?

  /// Creates a probe.
  ///
  /// - Precondition: Only softmax probes read Bernoulli scores or compare pixels.
  public init(
    _ metric: Metric, tensor: String, scores: ScoreKind = .values, isPerPixel: Bool = false,
    outputAction: (any TransformationFamily)? = nil
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

  /// Softmax G-EED of class scores, or of probabilities where `scores` says so; of every pixel of a
  /// tensor `[N, K, H, W]` where `isPerPixel` does.
  public static func softmax(
    _ tensor: String, scores: ScoreKind = .logits, isPerPixel: Bool = false
  ) -> Probe {
    Probe(.softmax, tensor: tensor, scores: scores, isPerPixel: isPerPixel)
  }

  /// Latent G-EED with the ℓ₂ distance.
  public static func latent(_ tensor: String) -> Probe {
    Probe(.latent, tensor: tensor)
  }

  /// Latent G-EED with the cosine.
  public static func latentCosine(_ tensor: String) -> Probe {
    Probe(.latentCosine, tensor: tensor)
  }

  /// Channelwise G-EED of a tensor `[N, C, H, W]`, or of another order that `layout` names.
  public static func channelwise(
    _ tensor: String, layout: OutputLayout? = nil,
    outputAction: (any TransformationFamily)? = nil
  ) -> Probe {
    var probe = Probe(.channelwise, tensor: tensor, outputAction: outputAction)
    probe.layout = layout
    return probe
  }
}
