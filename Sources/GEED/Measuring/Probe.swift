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
  /// for channelwise, the trivial action for all others.
  public let outputAction: (any TransformationFamily)?

  /// How outputs are compared; the metric's own distance unless it is set.
  public var distance: any Distance

  /// The order of the output's axes, in which it is brought to `[C, H, W]` before anything is
  /// compared. `nil` compares outputs as they are.
  public var layout: OutputLayout?

  /// Creates a probe.
  public init(
    _ metric: Metric, tensor: String, scores: ScoreKind = .values,
    outputAction: (any TransformationFamily)? = nil
  ) {
    self.metric = metric
    self.tensor = tensor
    self.scores = scores
    self.outputAction = outputAction
    self.distance = metric.distance
  }

  /// Softmax G-EED of class scores, or of probabilities where `scores` says so.
  public static func softmax(_ tensor: String, scores: ScoreKind = .logits) -> Probe {
    Probe(.softmax, tensor: tensor, scores: scores)
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
