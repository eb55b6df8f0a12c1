// SPDX-License-Identifier: MIT

/// An error that stops a measurement.
public enum MeasurementError: Error, Hashable, CustomStringConvertible {
  /// The model did not return a tensor that is probed.
  case missingTensor(String, available: [String])
  /// An output does not have one row for each input.
  case rowCount(tensor: String, shape: [Int], expected: Int)
  /// An output holds NaN or infinity.
  case notFinite(tensor: String, value: Float, example: Int, dataset: String, element: String)
  /// An example does not have the shape that its data set states.
  case exampleShape(dataset: String, example: Int, shape: [Int], expected: [Int])
  /// The group cannot act on an output.
  case outputAction(tensor: String, ActionError)
  /// Equivariance was requested under transformations that do not act on outputs.
  case noGroup(tensor: String, family: String)
  /// The tensor has an axis of length 0.
  case noNumbers(tensor: String, shape: [Int])
  /// A grid should move, and the group moves none.
  case noGrid(tensor: String, group: String)
  /// The action on an output is one of another group than the action on the inputs.
  case otherGroup(tensor: String, output: String, input: String)
  /// Two outputs have a distance outside the range of the probe's distance.
  case outsideRange(tensor: String, distance: Double, range: ClosedRange<Double>)
  /// A softmax was requested of a tensor that is not one distribution for each example.
  case notDistribution(tensor: String, shape: [Int])
  /// Outputs of this shape cannot have the layout of the probe.
  case layout(tensor: String, layout: OutputLayout, shape: [Int])
  /// The channels of an output are on several axes, which its fields do not explain.
  case channelAxes(tensor: String, shape: [Int], fields: ChannelFields?)
  /// Class scores of every pixel were requested of a tensor without pixels.
  case noPixels(tensor: String, shape: [Int])
  /// A tensor holds the class score of a single class, whose softmax is always 1.
  case singleScore(tensor: String)
  /// Scores contradict the kind as which they are read.
  case contradictedScores(
    tensor: String, scores: ScoreKind, reason: String, example: Int, dataset: String,
    element: String)
  /// The deviation of an example is larger than its upper bound.
  case aboveBound(tensor: String, value: Double, bound: Double, example: Int, dataset: String)
  /// Probabilities of pixels would be interpolated with negative weights.
  case negativeWeights(tensor: String)
  /// The group blends the values of neighboring positions, and the output holds labels.
  case blendedLabels(tensor: String, group: String)
  /// Labels are compared with their mean.
  case meanOfLabels(tensor: String, count: Int)
  /// Labels are to be compared, and an output holds a number with a fraction.
  case noLabels(tensor: String, value: Float, example: Int, dataset: String, element: String)
  /// The shape of an output changed from one batch to the next.
  case shapeChanged(tensor: String, from: [Int], to: [Int])
  /// Equal inputs gave different outputs in these tensors.
  case notDeterministic(tensors: [String])
  /// The outputs of an example in these tensors changed with the rest of the batch.
  case mixesExamples(tensors: [String])
  /// The measurement would keep more bytes at a time than allowed; the largest tensor is named.
  case memory(needed: Int, limit: Int, tensor: String, shape: [Int])
  /// A record does not belong to this measurement.
  case foreignRecord(position: Int, reason: String)
  /// An example has changed since its record was made.
  case changedExample(dataset: String, example: Int, name: String?, difference: String)

  /// One sentence that names tensor, example and element.
  public var description: String {
    switch self {
    case .missingTensor(let tensor, let available):
      "The model has no output '\(tensor)', only \(available.sorted().joined(separator: ", "))."
    case .rowCount(let tensor, let shape, let expected):
      "Tensor '\(tensor)' has shape \(shape) for \(expected) input\(expected == 1 ? "" : "s"); its first axis must be "
        + "the batch."
    case .notFinite(let tensor, let value, let example, let dataset, let element):
      "Tensor '\(tensor)' holds \(value.isNaN ? "NaN" : "\(value)") for example \(example) of \(dataset) under element "
        + "\(element)."
    case .exampleShape(let dataset, let example, let shape, let expected):
      "Example \(example) of \(dataset) has shape \(shape), but expected \(expected)."
    case .outputAction(let tensor, .notSquare(let group, let shape)):
      "Tensor '\(tensor)' cannot be measured: \(group) holds a quarter turn, which needs a square "
        + "grid, but the tensor has rows of shape \(shape)."
    case .outputAction(let tensor, let error):
      "Tensor '\(tensor)' cannot be measured: \(error)"
    case .noNumbers(let tensor, let shape):
      "Tensor '\(tensor)' holds no numbers: its rows have shape \(shape)."
    case .noGrid(let tensor, let group):
      "Tensor '\(tensor)' cannot be measured channel by channel or pixel by pixel under '\(group)', "
        + "which moves no grid of pixels; an equivariance probe with the action 'spatial' compares "
        + "it as a whole."
    case .noGroup(let tensor, let family):
      "Tensor '\(tensor)' cannot be measured for equivariance under '\(family)', which is no group "
        + "that acts on outputs (eq. 4 is undefined); measure invariance, with a latent or softmax "
        + "probe."
    case .otherGroup(let tensor, let output, let input):
      "Tensor '\(tensor)' is to be moved by \(output), but the inputs are moved by \(input); both "
        + "actions have to be of one group, with its elements in the same order."
    case .outsideRange(let tensor, let distance, let range):
      "Two outputs of tensor '\(tensor)' have the distance \(distance), which is outside the range "
        + "\(range) of the probe's distance."
    case .notDistribution(let tensor, let shape) where shape.count == 3:
      "Softmax needs one score for each class, [N, K], but tensor '\(tensor)' has rows of shape "
        + "\(shape); if these are scores of every pixel, [N, K, H, W], give the kind of scores together "
        + "with the name of the tensor: '--scores \(tensor)=logits' if '\(tensor)' holds logits, or "
        + "'--scores \(tensor)=bernoulli-logit' and the like (\(ScoreKind.kindsOfScores))."
    case .notDistribution(let tensor, let shape):
      "Softmax needs one score for each class, [N, K], or for each class and pixel, [N, K, H, W], but "
        + "tensor '\(tensor)' has rows of shape \(shape)."
    case .noPixels(let tensor, let shape):
      "Class scores of every pixel are [N, K, H, W], but tensor '\(tensor)' has rows of shape "
        + "\(shape)."
    case .layout(let tensor, let layout, let shape):
      "Tensor '\(tensor)' has rows of shape \(shape), which are no feature map in the order "
        + "'\(layout)'."
    case .channelAxes(let tensor, let shape, nil):
      "Tensor '\(tensor)' has rows of shape \(shape), whose channels take several axes; say how "
        + "the group permutes them (--fields '\(tensor)=regular')."
    case .channelAxes(let tensor, let shape, let fields?):
      "Tensor '\(tensor)' has rows of shape \(shape), whose channels are no fields "
        + "'\(fields)': one axis has to count the fields and the other one their channels."
    case .singleScore(let tensor):
      "Tensor '\(tensor)' holds a single score, for one class, whose softmax is always 1; say what it "
        + "is: '--scores \(tensor)=bernoulli-logit' for the logit of a sigmoid, "
        + "'--scores \(tensor)=bernoulli' for a probability."
    case .contradictedScores(
      let tensor, let scores, let reason, let example, let dataset, let element):
      "Tensor '\(tensor)' is read as \(scores.rawValue), but \(reason), for example \(example) of "
        + "\(dataset) under element \(element); say what it is with '--scores \(tensor)=KIND': "
        + "\(ScoreKind.kindsOfScores)."
    case .aboveBound(let tensor, let value, let bound, let example, let dataset):
      "The softmax deviation of tensor '\(tensor)' is \(value) nats for example \(example) of "
        + "\(dataset), but cannot be above \(bound): these are no probabilities; say what they are "
        + "with '--scores \(tensor)=KIND': \(ScoreKind.kindsOfScores)."
    case .blendedLabels(let tensor, let group):
      "Tensor '\(tensor)' holds labels, and \(group) blends those of neighboring positions; use "
        + "'--interpolation nearest', or a group of quarter turns and reflections."
    case .meanOfLabels(let tensor, let count):
      "Tensor '\(tensor)' holds labels, and \(count) elements do not move it, over which labels have "
        + "no mean; use '--reference original'."
    case .noLabels(let tensor, let value, let example, let dataset, let element):
      "Tensor '\(tensor)' is compared as labels, which are whole numbers, but holds \(value) for example "
        + "\(example) of \(dataset) under element \(element)."
    case .negativeWeights(let tensor):
      "The pixels of tensor '\(tensor)' hold probabilities, which bicubic and Lanczos interpolation "
        + "make negative; take '--interpolation bilinear' or nearest."
    case .shapeChanged(let tensor, let old, let new):
      "Tensor '\(tensor)' changed its rows from shape \(old) to \(new)."
    case .notDeterministic(let tensors):
      "The model is not deterministic: tensor '\(tensors.first ?? "")' changed when the same batch "
        + "was run again; dropout and other random operators have to be off, or outputs means of several "
        + "runs (--stochastic 20)."
    case .mixesExamples(let tensors):
      "The model mixes the examples of a batch: tensor '\(tensors.first ?? "")' of one example "
        + "changed with what else is in the batch; batch statistics have to be frozen."
    case .memory(let needed, let limit, let tensor, let shape):
      "The measurement needs about \(byteText(needed)) of memory, but at most \(byteText(limit)) are "
        + "allowed; the largest tensor is '\(tensor)', \(shape) for each example. A smaller batch "
        + "(--batch), fewer tensors at a time, or fewer examples for M (--scale-samples) need less."
    case .foreignRecord(let position, let reason):
      "Record \(position) is of another measurement: \(reason)."
    case .changedExample(let dataset, let example, let name, let difference):
      "Example \(example) of \(dataset)\(name.map { " ('\($0)')" } ?? "") has changed since it was "
        + "measured: \(difference); restore it, or measure all of the data again."
    }
  }
}

extension MeasurementError {
  /// The tensor that cannot be read as its probe requires; `nil` for other errors.
  package var unreadableTensor: String? {
    switch self {
    case .notDistribution(let tensor, _), .noPixels(let tensor, _), .singleScore(let tensor),
      .contradictedScores(let tensor, _, _, _, _, _), .aboveBound(let tensor, _, _, _, _),
      .negativeWeights(let tensor), .blendedLabels(let tensor, _), .meanOfLabels(let tensor, _),
      .noLabels(let tensor, _, _, _, _):
      tensor
    default: nil
    }
  }
}

extension MaskError {
  /// The tensor that cannot be compared under a mask; `nil` for other errors.
  package var tensor: String? {
    switch self {
    case .maskedVectors: nil
    case .maskedPixels(_, let tensor), .maskedLabels(_, let tensor): tensor
    }
  }
}

extension ScoreKind {
  /// The names of all kinds except values.
  fileprivate static var kindsOfScores: String {
    let names = allCases.filter { $0 != .values }.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }
}

extension [String: Tensor] {
  /// Returns the output with a name, or throws ``MeasurementError/missingTensor(_:available:)``.
  package func output(_ name: String) throws -> Tensor {
    guard let output = self[name] else {
      throw MeasurementError.missingTensor(name, available: Array(keys))
    }
    return output
  }
}
