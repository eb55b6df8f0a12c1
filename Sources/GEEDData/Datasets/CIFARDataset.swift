// SPDX-License-Identifier: MIT
// A. Krizhevsky, Learning multiple layers of features from tiny images, 2009.

import GEED

/// CIFAR-10 in its binary version: colour pictures of 32 x 32 pixels in ten classes.
///
/// The folder holds `test_batch.bin`, or `data_batch_1.bin` to `data_batch_5.bin` for training. A
/// picture takes 3073 bytes: its label, then red, green and blue, each row by row.
package struct CIFARDataset: Dataset {
  package let name: String
  package let count: Int
  package let exampleShape: [Int]

  /// The names of the classes, in the order of the labels.
  package static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  private static let side = 32
  private static let recordLength = 1 + 3 * side * side

  private let files: [DataFile]
  private let labels: [UInt8]
  private let preprocessing: Preprocessing

  /// Opens a folder such as `cifar-10-batches-bin`; the pictures stay on disk.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds the files.
  ///   - split: The split to open; missing batches are skipped.
  ///   - preprocessing: Applied to every picture.
  /// - Throws: ``DataError`` if there is no such file, a file is truncated or has labels outside 0
  ///   to 9, or `preprocessing` does not fit.
  package init(
    folder: String, split: DataSplit = .test, preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) {
    let paths = Self.paths(in: folder, split: split)
    guard !paths.isEmpty else {
      throw .missing(
        path: "\(folder)/\(split == .test ? "test_batch.bin" : "data_batch_1.bin")",
        expected: "a file of CIFAR-10's binary version")
    }
    files = try paths.map { path throws(DataError) in
      try DataFile(opening: path, expected: "a file of CIFAR-10's binary version")
    }
    var labels: [UInt8] = []
    for file in files { labels += try Self.labels(in: file) }
    self.labels = labels
    self.preprocessing = preprocessing
    name = "\(lastComponent(of: folder)) (\(split.rawValue))"
    count = labels.count
    exampleShape = try preprocessing.tensor(
      of: Self.picture(at: 0, in: files), from: paths[0]
    ).shape
  }

  package func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return try preprocessing.tensor(of: Self.picture(at: index, in: files), from: name)
  }

  package func label(at index: Int) -> Int? { Int(labels[index]) }

  package func exampleName(at index: Int) -> String? { Self.classNames[Int(labels[index])] }

  /// The existing files of a split.
  static func paths(in folder: String, split: DataSplit) -> [String] {
    let names = split == .test ? ["test_batch.bin"] : (1...5).map { "data_batch_\($0).bin" }
    return names.map { "\(folder)/\($0)" }.filter { Folder.isFolder($0) == false }
  }

  private static func labels(in file: DataFile) throws(DataError) -> [UInt8] {
    guard file.byteCount > 0, file.byteCount % recordLength == 0 else {
      throw .invalid(
        path: file.path, expected: "a multiple of \(recordLength) bytes",
        found: "\(file.byteCount)")
    }
    var labels: [UInt8] = []
    for start in stride(from: 0, to: file.byteCount, by: recordLength) {
      labels += try file.bytes(at: start, count: 1)
    }
    if let stray = labels.first(where: { $0 > 9 }) {
      throw .invalid(path: file.path, expected: "labels from 0 to 9", found: "\(stray)")
    }
    return labels
  }

  private static func picture(
    at index: Int, in files: [DataFile]
  ) throws(DataError) -> Picture {
    var index = index
    for file in files {
      let count = file.byteCount / recordLength
      guard index >= count else {
        let planes = try file.bytes(at: index * recordLength + 1, count: recordLength - 1)
        let area = side * side
        let pixels = (0..<3 * area).map { planes[$0 % 3 * area + $0 / 3] }
        return Picture(width: side, height: side, channels: 3, pixels: pixels)
      }
      index -= count
    }
    preconditionFailure("Picture \(index) is outside the files.")
  }
}
