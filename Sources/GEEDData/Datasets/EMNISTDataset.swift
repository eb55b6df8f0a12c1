// SPDX-License-Identifier: MIT
// G. Cohen, S. Afshar, J. Tapson and A. van Schaik, EMNIST: extending MNIST to handwritten letters, 2017.

import GEED

/// Handwritten letters and digits in the files of EMNIST.
///
/// A file is called, for example, `emnist-letters-test-images-idx3-ubyte.gz`, and `.gz` is
/// optional. The files hold the pictures with rows and columns exchanged; here they are upright.
/// Labels count from 0: those of `letters`, which count from 1 in the file, are shifted.
package struct EMNISTDataset: Dataset {
  /// The ways in which EMNIST groups its characters.
  package enum Part: String, Sendable, Hashable, Codable, CaseIterable {
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
    package var classNames: [String] {
      let digits = (0...9).map(String.init)
      let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
      return switch self {
      case .byClass: digits + capitals + capitals.map { $0.lowercased() }
      case .byMerge, .balanced: digits + capitals + "abdefghnqrt".map(String.init)
      case .letters: capitals
      case .digits, .mnist: digits
      }
    }
  }

  package let name: String
  package let count: Int
  package let exampleShape: [Int]

  /// The set of characters.
  package let part: Part

  private let images: IDXFile
  private let labels: [UInt8]
  private let preprocessing: Preprocessing

  /// Opens the files of one part.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds the files.
  ///   - part: The set of characters.
  ///   - split: The split to open.
  ///   - preprocessing: Applied to every picture, once it is upright.
  /// - Throws: ``DataError`` if a file is missing or damaged, images and labels differ in number, a
  ///   label is outside the part's range, or `preprocessing` does not fit.
  package init(
    folder: String, part: Part, split: DataSplit = .test,
    preprocessing: Preprocessing = Preprocessing()
  ) throws(DataError) {
    images = try IDXFile(
      path: Self.path(of: "images-idx3", part, split, in: folder), dimensionCount: 3)
    let labelFile = try IDXFile(
      path: Self.path(of: "labels-idx1", part, split, in: folder), dimensionCount: 1)
    try images.requirePictures(forLabels: labelFile.shape[0])
    labels = try Self.labels(in: labelFile, of: part)
    self.part = part
    self.preprocessing = preprocessing
    name = "emnist-\(part.rawValue) (\(split.rawValue))"
    count = images.shape[0]
    exampleShape = try preprocessing.tensor(
      of: images.picture(at: 0).transposed, from: images.path
    ).shape
  }

  package func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    return try preprocessing.tensor(of: images.picture(at: index).transposed, from: images.path)
  }

  package func label(at index: Int) -> Int? { Int(labels[index]) }

  package func exampleName(at index: Int) -> String? { part.classNames[Int(labels[index])] }

  private static func labels(
    in file: IDXFile, of part: Part
  ) throws(DataError) -> [UInt8] {
    let first: UInt8 = part == .letters ? 1 : 0
    let known = first..<first + UInt8(part.classNames.count)
    let labels = try file.bytes(at: 0, count: file.shape[0])
    if let stray = labels.first(where: { !known.contains($0) }) {
      throw .invalid(
        path: file.path, expected: "labels from \(first) to \(known.upperBound - 1)",
        found: "\(stray)")
    }
    return labels.map { $0 - first }
  }

  /// The file with one kind of content: the uncompressed file if it exists, otherwise the `.gz`
  /// file.
  private static func path(
    of content: String, _ part: Part, _ split: DataSplit, in folder: String
  ) -> String {
    let path = "\(folder)/emnist-\(part.rawValue)-\(split.rawValue)-\(content)-ubyte"
    return Folder.isFolder(path) == false ? path : "\(path).gz"
  }
}

extension EMNISTDataset {
  /// The splits of a part that a folder holds.
  static func splits(of part: Part, in folder: String) -> [DataSplit] {
    [DataSplit.train, .test].filter {
      Folder.isFolder(path(of: "images-idx3", part, $0, in: folder)) == false
    }
  }

  /// Returns the folder and part that `location` names. It is a folder with the files of one part,
  /// or the beginning of the file names, such as `folder/emnist-letters`; `nil` if neither exists.
  ///
  /// - Throws: ``DataError`` if a folder holds several parts.
  static func find(
    _ location: String, split: DataSplit
  ) throws(DataError) -> (folder: String, part: Part)? {
    func holds(_ part: Part, _ folder: String) -> Bool {
      Folder.isFolder(path(of: "images-idx3", part, split, in: folder)) == false
    }
    if Folder.isFolder(location) == true {
      let parts = Part.allCases.filter { holds($0, location) }
      guard parts.count <= 1 else {
        throw .unsuitable(
          path: location, expected: "one part of EMNIST",
          found: parts.map(\.rawValue).joined(separator: ", "),
          fix: "name one, such as '\(location)/emnist-\(parts[0].rawValue)'")
      }
      return parts.first.map { (location, $0) }
    }
    let (parent, name) = (folder(of: location), lastComponent(of: location))
    return Part.allCases.first { name == "emnist-\($0.rawValue)" && holds($0, parent) }
      .map { (parent, $0) }
  }
}

extension Picture {
  /// The picture with rows and columns exchanged.
  fileprivate var transposed: Picture {
    let bytes = (0..<width * height).map { pixels[$0 % height * width + $0 / height] }
    return Picture(width: height, height: width, channels: 1, pixels: bytes)
  }
}
