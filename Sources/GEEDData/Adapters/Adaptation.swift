// SPDX-License-Identifier: MIT

import GEED

/// The changes to a whole data set that make it suit a model or test the model. Each is set by one
/// option of the tool, or by one key of a training configuration.
///
/// The order is: keep the first ``classes``, grey, inverted, rotated, corrupted. All changes apply
/// to values in 0...1, after resizing and cropping and before the scale of the white pixel, the
/// mean and the standard deviation. The default changes nothing.
public struct Adaptation: Sendable, Hashable, Codable {
  /// The number of classes to keep, counted from class 0; `nil` for all.
  public var classes: Int?

  /// Whether colour becomes luma.
  public var isGrey = false

  /// Whether black and white are exchanged.
  public var isInverted = false

  /// Whether every image is rotated by its own fixed angle.
  public var isRotated = false

  /// The corruption of every image; `nil` for none.
  public var corruption: Corruption?

  /// The seed of angles and corruptions; the training split draws other ones than the rest.
  public var seed: UInt64 = 0

  /// Creates an adaptation that changes nothing.
  public init() {}

  /// Whether any image changes, so that values in 0...1 are needed.
  private var changesImages: Bool {
    isGrey || isInverted || isRotated || corruption != nil
  }

  /// Opens a data set as ``DatasetLocation/open(_:preprocessing:split:skipsUnreadable:inputAxes:)`` does, gives
  /// it the labels of `labeling`, and adapts it.
  ///
  /// - Parameter drawnSplit: The part whose angles and corruptions are drawn; `nil` for `split`.
  package func open(
    _ location: String, preprocessing: Preprocessing = Preprocessing(), split: DataSplit? = nil,
    drawingAs drawnSplit: DataSplit? = nil, skipsUnreadable: Bool = false,
    inputAxes: InputAxes? = nil, labeling: ClassLabeling? = nil
  ) throws(DataError) -> any Dataset {
    var sized = preprocessing
    if changesImages { (sized.pixelMax, sized.mean, sized.standardDeviation) = (1, [], []) }
    var dataset = try DatasetLocation.open(
      location, preprocessing: sized, split: split, skipsUnreadable: skipsUnreadable,
      inputAxes: inputAxes)
    if let labeling { dataset = try labeling.applied(to: dataset) }
    if let classes { dataset = try ChosenExamples(of: dataset, classes: 0..<classes) }
    guard changesImages else { return dataset }
    return try normalized(changed(dataset, split: drawnSplit ?? split), as: preprocessing)
  }

  private func changed(
    _ base: any Dataset, split: DataSplit?
  ) throws(DataError) -> any Dataset {
    let seed = split == .train ? seed : ~seed
    var dataset = base
    if isGrey { dataset = try dataset.grey() }
    if isInverted { dataset = dataset.inverted() }
    if isRotated { dataset = try dataset.rotated(seed: seed) }
    if let corruption { dataset = try dataset.corrupted(by: corruption, seed: seed) }
    return dataset
  }

  /// Applies the scale, mean and standard deviation, which were postponed to keep values in 0...1.
  private func normalized(
    _ dataset: any Dataset, as preprocessing: Preprocessing
  ) throws(DataError) -> any Dataset {
    let (mean, deviation) = (preprocessing.mean, preprocessing.standardDeviation)
    let white = preprocessing.pixelMax
    guard !mean.isEmpty || !deviation.isEmpty || white != 1 else { return dataset }
    let channels = dataset.exampleShape.first ?? 0
    // (white · v - mean) / deviation = (v - mean / white) / (deviation / white)
    return try dataset.normalized(
      mean: mean.isEmpty ? Array(repeating: 0, count: channels) : mean.map { $0 / white },
      standardDeviation: deviation.isEmpty
        ? Array(repeating: 1 / white, count: channels) : deviation.map { $0 / white })
  }
}
