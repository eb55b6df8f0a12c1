// SPDX-License-Identifier: MIT

/// An error that prevents a network from being trained, or training from continuing.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Examples have no labels.
  case unlabeled(dataset: String)
  /// A label is not one of the network's classes.
  case labelOutOfRange(dataset: String, label: Int, classCount: Int)
  /// The loss is no longer a number.
  case diverged(iteration: Int, loss: Double)
  /// A checkpoint belongs to a run with other settings.
  case otherSettings(path: String)
  /// A trained network comes from a run with other settings or data, or from an older version.
  case networkOfOtherRun(path: String)
  /// A checkpoint belongs to a run with another number of iterations, on which its learning rates
  /// depend.
  case otherLength(path: String, iterations: Int, decay: String)
  /// A checkpoint belongs to a run with another number of iterations, on which its objective depends.
  case otherObjectiveLength(path: String, iterations: Int, objective: String)
  /// Features are not finite, so no linear classifier of them exists.
  case undefinedFeatures(dataset: String)
  /// An image to augment has values outside 0...1.
  case outsideUnitRange(dataset: String, value: Float)
  /// A file is not a checkpoint.
  case noCheckpoint(path: String, reason: String)

  public var description: String {
    switch self {
    case .unlabeled(let dataset):
      "Expected labels to train with, but \(dataset) has none."
    case .labelOutOfRange(let dataset, let label, let classCount):
      "Expected labels 0 to \(classCount - 1), but \(dataset) has \(label)."
    case .diverged(let iteration, let loss):
      "The loss of iteration \(iteration) is \(loss); a lower learning rate may help."
    case .otherSettings(let path):
      "'\(path)' comes from a run with other settings; it cannot continue with these."
    case .networkOfOtherRun(let path):
      "'\(path)' was not written by the training in the store, but by one with other settings or "
        + "data or by an older version; use another folder, or another store to train it again."
    case .otherLength(let path, let iterations, let decay):
      "'\(path)' comes from a run of \(iterations) iterations, and with 'decay: \(decay)' the rate of "
        + "each of them depends on how many there are; only 'decay: constant' can continue for longer."
    case .otherObjectiveLength(let path, let iterations, let objective):
      "'\(path)' comes from a run of \(iterations) iterations, and with 'objective: \(objective)' the "
        + "loss of each of them depends on how many there are."
    case .undefinedFeatures(let dataset):
      "The features of \(dataset) are not all finite, so a linear probe of them is undefined."
    case .outsideUnitRange(let dataset, let value):
      "'augmentation': a jitter of colours expects values in 0...1 before normalization, but "
        + "\(dataset) has \(value)."
    case .noCheckpoint(let path, let reason):
      "'\(path)' is not a checkpoint: \(reason)."
    }
  }
}

/// An error for settings that are well formed but do not fit the data, the network or each other.
public struct UnsuitableSettings: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence that names the setting.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
