// SPDX-License-Identifier: MIT

import GEED

/// Grey pictures with labels in the file format and folder layout of MNIST.
///
/// A folder holds `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, or the same with `t10k`
/// for the test split, or both; every file may end in `.gz`, and `.idx` may stand for `-idx`. Labels
/// may be absent.
package struct IDXDataset: Dataset {
  package let name: String
  package let count: Int
  package let exampleShape: [Int]

  /// The split that was opened.
  package let split: DataSplit

  private let images: IDXFile
  private let labels: [UInt8]?
  private let preprocessing: Preprocessing

  /// Opens a folder in MNIST's layout; the pictures stay on disk.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds the files.
  ///   - split: The preferred split; if the folder lacks it, the other is opened, which ``split``
  ///     and ``name`` then show.
  ///   - preprocessing: Applied to every picture.
  /// - Throws: ``DataError`` if there is no such file, a file has another format or is truncated,
  ///   labels and images differ in number, or `preprocessing` does not fit.
  package init(
    folder: String, split: DataSplit = .test, preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) {
    let layout = IDXLayout(folder: folder)
    guard let found = layout.split(preferring: split) else {
      throw Folder.isFolder(folder) == nil
        ? .missing(path: folder, expected: "a folder in MNIST's layout")
        : .missing(path: "\(folder)/t10k-images-idx3-ubyte", expected: "MNIST-like images")
    }
    images = try IDXFile(path: found.images, dimensionCount: 3)
    labels = try found.labels.map { path throws(DataError) in try Self.labels(at: path) }
    if let labels { try images.requirePictures(forLabels: labels.count) }
    self.split = found.split
    self.preprocessing = preprocessing
    name = "\(lastComponent(of: folder)) (\(found.split.rawValue))"
    count = images.shape[0]
    exampleShape = try preprocessing.tensor(
      of: images.picture(at: 0), from: found.images
    ).shape
  }

  package func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return try preprocessing.tensor(of: images.picture(at: index), from: images.path)
  }

  package func label(at index: Int) -> Int? { labels.map { Int($0[index]) } }

  private static func labels(at path: String) throws(DataError) -> [UInt8] {
    let file = try IDXFile(path: path, dimensionCount: 1)
    return try file.bytes(at: 0, count: file.shape[0])
  }
}

/// The files of MNIST's layout in a folder.
struct IDXLayout {
  let folder: String

  /// The splits whose images exist.
  var splits: [DataSplit] {
    [DataSplit.train, .test].filter { path(of: "images", dimensionCount: 3, in: $0) != nil }
  }

  /// The images of the preferred split, or else of the other, with their labels if there are any.
  func split(
    preferring split: DataSplit
  ) -> (split: DataSplit, images: String, labels: String?)? {
    for candidate in split == .train ? [DataSplit.train, .test] : [.test, .train] {
      if let images = path(of: "images", dimensionCount: 3, in: candidate) {
        return (candidate, images, path(of: "labels", dimensionCount: 1, in: candidate))
      }
    }
    return nil
  }

  private func path(of part: String, dimensionCount: Int, in split: DataSplit) -> String? {
    let prefix = split == .train ? "train" : "t10k"
    let names = ["-", "."].flatMap { separator in
      ["", ".gz"].map { "\(prefix)-\(part)\(separator)idx\(dimensionCount)-ubyte\($0)" }
    }
    return names.map { "\(folder)/\($0)" }.first { Folder.isFolder($0) == false }
  }
}
