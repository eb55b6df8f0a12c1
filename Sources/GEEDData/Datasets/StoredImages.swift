// SPDX-License-Identifier: MIT

import GEED

/// Images that are read by their numbers, such as those of MNIST, EMNIST and CIFAR-10.
package struct StoredImages: Dataset {
  package let name: String
  package let count: Int
  package let exampleShape: [Int]

  private let path: String
  private let labels: [UInt8]?
  private let classNames: [String]?
  private let preprocessing: Preprocessing
  private let image: @Sendable (Int) throws(DataError) -> Image

  /// - Parameters:
  ///   - path: The name of the images in errors.
  ///   - classNames: The name of each label, for the names of examples.
  ///   - image: Reads one image.
  init(
    named name: String, count: Int, path: String, labels: [UInt8]?, classNames: [String]? = nil,
    preprocessing: Preprocessing, image: @escaping @Sendable (Int) throws(DataError) -> Image
  ) throws(DataError) {
    (self.name, self.count, self.path) = (name, count, path)
    (self.labels, self.classNames) = (labels, classNames)
    (self.preprocessing, self.image) = (preprocessing, image)
    exampleShape = try preprocessing.tensor(of: image(0), from: path).shape
  }

  package func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return try preprocessing.tensor(of: image(index), from: path)
  }

  package func label(at index: Int) -> Int? { labels.map { Int($0[index]) } }

  package func notes(on examples: [Int]) -> [String] {
    [preprocessing.scaleNote].compactMap(\.self)
  }

  package func exampleName(at index: Int) -> String? {
    label(at: index).flatMap { classNames?[$0] }
  }
}

/// Returns the labels of a file as numbers from 0.
private func checked(
  _ labels: [UInt8], in range: ClosedRange<UInt8>, path: String
) throws(DataError) -> [UInt8] {
  if let stray = labels.first(where: { !range.contains($0) }) {
    throw .invalid(
      path: path, expected: "labels from \(range.lowerBound) to \(range.upperBound)",
      found: "\(stray)")
  }
  return labels.map { $0 - range.lowerBound }
}

// MARK: - MNIST

extension StoredImages {
  /// Opens a folder in MNIST's layout.
  ///
  /// It holds `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, or the same with `t10k` for
  /// the test split, or both; every file may end in `.gz`, and `.idx` may stand for `-idx`. Labels may
  /// be absent.
  ///
  /// - Parameter split: The preferred split; if the folder lacks it, the other is opened, as ``name``
  ///   shows.
  package static func mnist(
    folder: String, split: DataSplit = .test, preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) -> StoredImages {
    let present = mnistSplits(in: folder)
    guard let found = present.contains(split) ? split : present.first,
      let path = idxPath(of: "images", dimensionCount: 3, in: folder, found)
    else {
      throw Folder.isFolder(folder) == nil
        ? .missing(path: folder, expected: "a folder in MNIST's layout")
        : .missing(path: "\(folder)/t10k-images-idx3-ubyte", expected: "MNIST-like images")
    }
    let images = try IDXFile(path: path, dimensionCount: 3)
    let labels = try idxPath(of: "labels", dimensionCount: 1, in: folder, found).map {
      path throws(DataError) in try IDXFile(path: path, dimensionCount: 1).elements()
    }
    if let labels { try images.requireImages(forLabels: labels.count) }
    return try StoredImages(
      named: "\(lastComponent(of: folder)) (\(found.rawValue))", count: images.shape[0],
      path: path, labels: labels, preprocessing: preprocessing
    ) { index throws(DataError) in try images.image(at: index) }
  }

  /// The splits of a folder in MNIST's layout whose images exist.
  static func mnistSplits(in folder: String) -> [DataSplit] {
    [.train, .test].filter { idxPath(of: "images", dimensionCount: 3, in: folder, $0) != nil }
  }

  private static func idxPath(
    of part: String, dimensionCount: Int, in folder: String, _ split: DataSplit
  ) -> String? {
    let prefix = split == .train ? "train" : "t10k"
    let names = ["-", "."].flatMap { separator in
      ["", ".gz"].map { "\(prefix)-\(part)\(separator)idx\(dimensionCount)-ubyte\($0)" }
    }
    return names.map { "\(folder)/\($0)" }.first { Folder.isFolder($0) == false }
  }
}

// MARK: - EMNIST

/// The ways in which EMNIST groups its handwritten letters and digits (Cohen et al. 2017).
package enum EMNISTPart: String, Sendable, CaseIterable {
  /// 10 digits, 26 capital and 26 small letters, not balanced.
  case byClass = "byclass"
  /// Small letters that look like their capitals are one class with them: 47 classes.
  case byMerge = "bymerge"
  /// The 47 classes, with equal class sizes.
  case balanced
  /// 26 letters, capital and small together.
  case letters
  /// 10 digits, with equal class sizes.
  case digits
  /// 10 digits, with as many examples as MNIST.
  case mnist

  /// The character of each class, in the order of the labels.
  var classNames: [String] {
    let digits = (0...9).map(String.init)
    let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
    return switch self {
    case .byClass: digits + capitals + capitals.map { $0.lowercased() }
    case .byMerge, .balanced: digits + capitals + "abdefghnqrt".map(String.init)
    case .letters: capitals
    case .digits, .mnist: digits
    }
  }

  /// The file with one kind of content: the uncompressed file if it exists, otherwise the `.gz` file.
  fileprivate func path(of content: String, _ split: DataSplit, in folder: String) -> String {
    let path = "\(folder)/emnist-\(rawValue)-\(split.rawValue)-\(content)-ubyte"
    return Folder.isFolder(path) == false ? path : "\(path).gz"
  }

  /// The splits that a folder holds.
  func splits(in folder: String) -> [DataSplit] {
    [.train, .test].filter { Folder.isFolder(path(of: "images-idx3", $0, in: folder)) == false }
  }

  /// Returns the folder and part that `location` names: a folder with the files of one part, or the
  /// beginning of the file names, such as `folder/emnist-letters`; `nil` if neither exists.
  static func find(_ location: String) throws(DataError) -> (folder: String, part: EMNISTPart)? {
    guard Folder.isFolder(location) == true else {
      let (parent, name) = (folder(of: location), lastComponent(of: location))
      return allCases.first { name == "emnist-\($0.rawValue)" && !$0.splits(in: parent).isEmpty }
        .map { (parent, $0) }
    }
    for split in [DataSplit.test, .train] {
      let parts = allCases.filter { $0.splits(in: location).contains(split) }
      guard parts.count <= 1 else {
        throw .unsuitable(
          path: location, expected: "one part of EMNIST",
          found: parts.map(\.rawValue).joined(separator: ", "),
          fix: "name one, such as '\(location)/emnist-\(parts[0].rawValue)'")
      }
      if let part = parts.first { return (location, part) }
    }
    return nil
  }
}

extension StoredImages {
  /// Opens files such as `emnist-letters-test-images-idx3-ubyte.gz`; `.gz` is optional.
  ///
  /// The files hold the images with rows and columns exchanged; here they are upright. Labels count
  /// from 0: those of `letters`, which count from 1 in the file, are shifted.
  package static func emnist(
    folder: String, part: EMNISTPart, split: DataSplit = .test,
    preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) -> StoredImages {
    let images = try IDXFile(
      path: part.path(of: "images-idx3", split, in: folder), dimensionCount: 3)
    let labels = try IDXFile(
      path: part.path(of: "labels-idx1", split, in: folder), dimensionCount: 1)
    try images.requireImages(forLabels: labels.shape[0])
    let first: UInt8 = part == .letters ? 1 : 0
    let last = first + UInt8(part.classNames.count) - 1
    return try StoredImages(
      named: "emnist-\(part.rawValue) (\(split.rawValue))", count: images.shape[0],
      path: images.path, labels: checked(labels.elements(), in: first...last, path: labels.path),
      classNames: part.classNames, preprocessing: preprocessing
    ) { index throws(DataError) in try images.image(at: index).transposed }
  }
}

extension Image {
  /// The grey image with rows and columns exchanged.
  fileprivate var transposed: Image {
    let bytes = (0..<width * height).map { pixels[$0 % height * width + $0 / height] }
    return Image(width: height, height: width, channels: 1, pixels: bytes)
  }
}

// MARK: - CIFAR-10

extension StoredImages {
  /// Opens a folder with CIFAR-10 in its binary version (Krizhevsky 2009): `test_batch.bin`, or
  /// `data_batch_1.bin` to `data_batch_5.bin`, of which some may be missing.
  ///
  /// An image takes 3073 bytes: its label, then 32 x 32 pixels of red, green and blue, row by row.
  package static func cifar10(
    folder: String, split: DataSplit = .test, preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) -> StoredImages {
    let (side, length, expected) = (32, 3073, "a file of CIFAR-10's binary version")
    let paths = cifar10Paths(in: folder, split)
    guard !paths.isEmpty else {
      let name = split == .test ? "test_batch.bin" : "data_batch_1.bin"
      throw .missing(path: "\(folder)/\(name)", expected: expected)
    }
    var labels: [UInt8] = []
    var records: [(file: DataFile, start: Int)] = []
    for path in paths {
      let file = try DataFile(opening: path, expected: expected)
      guard file.byteCount > 0, file.byteCount % length == 0 else {
        throw .invalid(
          path: path, expected: "a multiple of \(length) bytes", found: "\(file.byteCount)")
      }
      for start in stride(from: 0, to: file.byteCount, by: length) {
        labels += try checked(file.bytes(at: start, count: 1), in: 0...9, path: path)
        records.append((file, start))
      }
    }
    return try StoredImages(
      named: "\(lastComponent(of: folder)) (\(split.rawValue))", count: labels.count,
      path: paths[0], labels: labels,
      classNames: [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
      ], preprocessing: preprocessing
    ) { [records] index throws(DataError) in
      let record = records[index]
      return Image(
        width: side, height: side,
        planes: try record.file.bytes(at: record.start + 1, count: length - 1))
    }
  }

  /// The existing files of a split.
  static func cifar10Paths(in folder: String, _ split: DataSplit) -> [String] {
    let names = split == .test ? ["test_batch.bin"] : (1...5).map { "data_batch_\($0).bin" }
    return names.map { "\(folder)/\($0)" }.filter { Folder.isFolder($0) == false }
  }
}
