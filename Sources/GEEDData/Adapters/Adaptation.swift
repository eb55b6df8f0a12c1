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

  /// Whether colour becomes luma (`GreyDataset`).
  public var isGrey = false

  /// Whether black and white are exchanged (`InvertedDataset`).
  public var isInverted = false

  /// Whether every picture is rotated by its own fixed angle (``RotatedDataset``).
  public var isRotated = false

  /// The corruption of every picture (`CorruptedDataset`); `nil` for none.
  public var corruption: Corruption?

  /// The seed of angles and corruptions; the training split draws other ones than the rest.
  public var seed: UInt64 = 0

  /// Creates an adaptation that changes nothing.
  public init() {}

  /// Whether any picture changes, so that values in 0...1 are needed.
  private var changesPictures: Bool {
    isGrey || isInverted || isRotated || corruption != nil
  }

  /// Opens a data set as ``DatasetLocation/open(_:preprocessing:split:skipsUnreadable:)`` does, and
  /// adapts it.
  ///
  /// - Parameters:
  ///   - location: A word or path.
  ///   - preprocessing: Size and scale of every example.
  ///   - split: The part to open; `nil` for the held-out part.
  ///   - drawnSplit: The part whose angles and corruptions are drawn; `nil` for that of `split`.
  ///   - skipsUnreadable: Whether pictures that cannot be decoded are left out.
  ///   - labeling: The labels that replace those of the data; `nil` to keep them.
  /// - Throws: ``DataError`` if the data cannot be opened or do not suit the adaptation.
  package func open(
    _ location: String, preprocessing: Preprocessing = Preprocessing(), split: DataSplit? = nil,
    drawingAs drawnSplit: DataSplit? = nil, skipsUnreadable: Bool = false,
    labeling: ClassLabeling? = nil
  ) throws(DataError) -> any Dataset {
    var sized = preprocessing
    if changesPictures { (sized.pixelMax, sized.mean, sized.standardDeviation) = (1, [], []) }
    var dataset = try DatasetLocation.open(
      location, preprocessing: sized, split: split, skipsUnreadable: skipsUnreadable)
    if let labeling { dataset = try labeling.applied(to: dataset) }
    dataset = try keepingClasses(of: dataset)
    guard changesPictures else { return dataset }
    return try normalized(changed(dataset, split: drawnSplit ?? split), as: preprocessing)
  }

  private func keepingClasses(of dataset: any Dataset) throws(DataError) -> any Dataset {
    guard let classes else { return dataset }
    return try ChosenExamples(of: dataset, classes: 0..<classes)
  }

  private func changed(
    _ base: any Dataset, split: DataSplit?
  ) throws(DataError) -> any Dataset {
    let seed = split == .train ? seed : ~seed
    var dataset = base
    if isGrey { dataset = try GreyDataset(dataset) }
    if isInverted { dataset = InvertedDataset(dataset) }
    if isRotated { dataset = try RotatedDataset(dataset, seed: seed) }
    if let corruption { dataset = try CorruptedDataset(dataset, by: corruption, seed: seed) }
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
    return try NormalizedDataset(
      dataset,
      mean: mean.isEmpty ? Array(repeating: 0, count: channels) : mean.map { $0 / white },
      standardDeviation: deviation.isEmpty
        ? Array(repeating: 1 / white, count: channels) : deviation.map { $0 / white })
  }
}
