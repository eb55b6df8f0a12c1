// SPDX-License-Identifier: MIT

/// A metric on one tensor of the model.
public struct Probe: Sendable {
  /// The member of the family.
  public let metric: Metric

  /// The name of the tensor in the model's outputs.
  public let tensor: String

  /// The kind of scores that the tensor holds.
  public var scores: ScoreKind

  /// Whether a softmax probe compares one distribution for every pixel of outputs `[K, H, W]`,
  /// under the action on the grid, instead of one for every example.
  public let isPerPixel: Bool

  /// The action of the group on the output. `nil` selects the default of the metric: the action on
  /// the input for channelwise and for every pixel, the trivial action for all others.
  public let outputAction: (any TransformationAction)?

  /// The distance by which outputs are compared, *m*.
  public var distance: any Distance

  /// The distance of which M is the mean over pairs of examples, for latent metrics; ``distance``
  /// unless another one is set.
  public var scale: any Distance {
    get { ownScale ?? distance }
    set { ownScale = newValue }
  }

  private var ownScale: (any Distance)?

  /// The order of the output's axes, from which outputs are rearranged to `[C, H, W]` before they
  /// are compared. `nil` compares outputs unchanged.
  public var layout: OutputLayout?

  /// The action on the output by its name; `nil` for a probe whose metric, or whose
  /// ``outputAction``, determines it.
  public internal(set) var actionName: OutputActionName?

  /// The distance by its name, for equivariance probes.
  public internal(set) var distanceName: DistanceName?

  /// The output that those of the orbit are compared with.
  public var reference = DeviationReference.mean

  /// Whether permutations of the channels are to be found that make the outputs of a channelwise
  /// probe as equivariant as possible (<doc:DiscoveredPermutations>).
  public var searchesPermutations = false

  /// Whether these permutations may change the signs of channels.
  public var searchesSigns = false

  /// Creates a probe.
  ///
  /// - Parameters:
  ///   - metric: The member of the family.
  ///   - tensor: The name of the tensor in the model's outputs.
  ///   - distance: The distance by which outputs are compared; that of the metric if `nil`.
  ///   - scale: The distance of which M is the mean over pairs of examples; `distance` if `nil`.
  ///   - outputAction: The action of the group on the output.
  ///   - scores: The kind of scores that the tensor holds.
  ///   - isPerPixel: Whether a softmax probe compares the distributions of pixels.
  ///   - layout: The order of the output's axes.
  /// - Precondition: Only softmax and equivariance probes read Bernoulli scores or compare pixels.
  public init(
    _ metric: Metric, tensor: String, distance: (any Distance)? = nil,
    scale: (any Distance)? = nil, outputAction: (any TransformationAction)? = nil,
    scores: ScoreKind = .values, isPerPixel: Bool = false, layout: OutputLayout? = nil
  ) {
    precondition(
      metric == .softmax || metric == .equivariance || !(scores.isBernoulli || isPerPixel),
      "Expected a softmax or equivariance probe, but got \(metric).")
    self.metric = metric
    self.tensor = tensor
    self.scores = scores
    self.isPerPixel = isPerPixel
    self.outputAction = outputAction
    self.distance = distance ?? metric.distance
    self.ownScale = scale
    self.layout = layout
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
    Probe(.channelwise, tensor: tensor, outputAction: outputAction, layout: layout)
  }

  /// Returns a probe for the deviation of any output under any action on it, by any distance.
  ///
  /// - Parameters:
  ///   - tensor: The name of the tensor in the model's outputs.
  ///   - outputAction: The action of the group on the output; `nil` for the trivial one.
  ///   - distance: The distance of *f(gx)* and *g f̂(x)*.
  ///   - scores: The kind of scores that the tensor holds, for distances of distributions.
  ///   - isPerPixel: Whether distributions of pixels are compared.
  ///   - layout: The order of the output's axes.
  public static func equivariance(
    _ tensor: String, outputAction: (any TransformationAction)?, distance: any Distance,
    scores: ScoreKind = .values, isPerPixel: Bool = false, layout: OutputLayout? = nil
  ) -> Probe {
    Probe(
      .equivariance, tensor: tensor, distance: distance, outputAction: outputAction,
      scores: scores, isPerPixel: isPerPixel, layout: layout)
  }

  /// Whether the default action on the output is that on the input, and not the trivial one.
  var followsInput: Bool { metric == .channelwise || metric == .softmax && isPerPixel }

  /// Whether outputs are compared on grids that the group moves.
  var comparesGrids: Bool {
    metric == .channelwise
      || metric == .equivariance && !readsDistributions && !comparesLabels
        && outputAction?.gridAction != nil
  }

  /// Whether outputs are labels, which can be moved but neither blended nor averaged.
  var comparesLabels: Bool { distanceName == .mismatch && !readsDistributions }

  /// Whether outputs are read as distributions over classes.
  var readsDistributions: Bool {
    metric == .softmax || metric == .equivariance && scores != .values
  }

  /// The fields by which the group permutes the output's channels.
  var fields: ChannelFields? { outputAction?.fields }
}

/// A member of the G-EED family.
public enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
  /// KL(f(gx) ‖ f̂(x)) of class probabilities, in nats; f̂ is the mean over the orbit. From 0 to
  /// min(log|G|, log K) for K classes.
  case softmax
  /// ℓ₂ distance of features to the mean over the orbit, divided by M (eq. 6).
  case latent
  /// Negative cosine of features to the mean over the orbit, divided by M (eq. 6).
  case latentCosine = "latent-cosine"
  /// Negative mean over channels of the cosine of f(gx) to g·f(x) (eq. 5), from −1 to 1.
  case channelwise
  /// Distance of any output f(gx) to g·f̂(x), under a named action of the group on it (eq. 4).
  case equivariance

  /// The distance by which outputs are compared, *m*.
  package var distance: any Distance {
    switch self {
    case .softmax: .kullbackLeibler
    case .latent: .euclidean
    case .latentCosine: .negativeCosine
    case .channelwise: ChannelMean(of: .negativeCosine)
    case .equivariance: RelativeDistance()
    }
  }

  /// The property of a model without deviations.
  package var property: String {
    self == .channelwise || self == .equivariance ? "equivariant" : "invariant"
  }

  /// The quantity that M averages over pairs; `nil` for metrics that are not divided by M.
  package var scaleMeasure: LatentScale.Measure? {
    switch self {
    case .latent: .distance
    case .latentCosine: .similarity
    case .softmax, .channelwise, .equivariance: nil
    }
  }
}

/// The output *f̂(x)* whose image under *g* is compared with *f(gx)*.
public enum DeviationReference: String, Sendable, Hashable, Codable, CaseIterable {
  /// The mean over the kernel of the action on the output (eq. 2).
  case mean
  /// The output for the original example, *f(x)*.
  case original
}
