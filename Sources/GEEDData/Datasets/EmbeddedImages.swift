// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Synchronization

/// Encoded images that are parts of larger files, such as the shards of a WebDataset.
///
/// All examples have the shape of the first. Images with another number of channels are converted to
/// that of the first; images of another size need a resize and crop.
package struct EmbeddedImages: Dataset {
  /// The place of an image.
  struct Entry: Sendable {
    /// The path of the file and the name in it, as given in errors.
    let path: String
    /// The name of the example.
    let name: String
    let label: Int?
    /// Reads the bytes of the image's file.
    let bytes: @Sendable () throws(DataError) -> [UInt8]
  }

  package let name: String
  package let exampleShape: [Int]

  /// The names of the classes, in the order of the labels; empty if the classes have only numbers.
  package let classNames: [String]

  private let entries: [Entry]
  private let preprocessing: Preprocessing
  private let ownNotes: [String]

  /// Reads the first image.
  ///
  /// - Parameters:
  ///   - path: The path of the data, for the error if there are no images.
  ///   - notes: Sentences on the data.
  ///   - skipsUnreadable: Whether images that cannot be decoded are left out. If so, all images are
  ///     read once; otherwise reading such an example is an error.
  init(
    _ entries: [Entry], named name: String, path: String, classNames: [String] = [],
    notes: [String] = [], preprocessing: Preprocessing, skipsUnreadable: Bool
  ) throws(DataError) {
    var leftOut = LeftOut()
    var entries = entries
    if skipsUnreadable {
      let rule = preprocessing.orientation
      let unreadable = failures(of: entries) { entry throws(DataError) in
        _ = try DecodedImage(decoding: entry.bytes(), name: entry.path, orientation: rule)
      }
      for index in unreadable.sorted() { leftOut.add(.unreadable, entries[index].name) }
      entries = entries.indices.filter { !unreadable.contains($0) }.map { entries[$0] }
    }
    let ownNotes = notes + leftOut.notes
    guard let first = entries.first else {
      throw .invalid(
        path: path, expected: "images (\(ImageFormat.names))",
        found: (["none"] + ownNotes.map { String($0.dropLast()) }).joined(separator: "; "))
    }
    var preprocessing = preprocessing
    let image = try DecodedImage(
      decoding: first.bytes(), name: first.path, orientation: preprocessing.orientation)
    preprocessing.channels = preprocessing.channels ?? image.channels
    exampleShape = try preprocessing.tensor(of: image, from: first.path).shape
    (self.name, self.classNames, self.entries) = (name, classNames, entries)
    (self.preprocessing, self.ownNotes) = (preprocessing, ownNotes)
  }

  package var count: Int { entries.count }

  package func example(at index: Int) throws(DataError) -> Tensor {
    precondition((0..<count).contains(index), "Example \(index) is outside \(count) examples.")
    let entry = entries[index]
    return try preprocessing.example(of: exampleShape, path: entry.path) { () throws(DataError) in
      try DecodedImage(
        decoding: entry.bytes(), name: entry.path, orientation: preprocessing.orientation)
    }
  }

  package func label(at index: Int) -> Int? { entries[index].label }

  package func exampleName(at index: Int) -> String? { entries[index].name }

  /// The numbering of ImageNet, if all classes are named by its WordNet ids.
  package var classNumbering: ClassNumbering? { ImageNetClasses.numbering(of: classNames) }

  /// Returns notes on the data, and on content of `examples` that is not used. They are read for this.
  package func notes(on examples: [Int]) -> [String] {
    let indices = Set(examples).filter { (0..<count).contains($0) }
    return ownNotes + [preprocessing.scaleNote].compactMap(\.self)
      + UnreadContent.notes(on: indices, name: { entries[$0].name }) { index in
        guard let bytes = try? entries[index].bytes(), let format = ImageFormat(of: bytes) else {
          return []
        }
        return format.unread(of: bytes)
      }
  }
}

// MARK: - Examples of images, in folders or elsewhere

extension Preprocessing {
  /// Converts an image of a data set whose examples have one shape.
  func example(
    of shape: [Int], path: String, _ image: () throws(DataError) -> DecodedImage
  ) throws(DataError) -> Tensor {
    do throws(DataError) {
      let tensor = try tensor(of: image(), from: path)
      guard tensor.shape == shape else {
        throw .unsuitable(
          path: path, expected: "the shape \(shape) of the first image",
          found: "\(tensor.shape)", fix: "bring all to one size with --resize and --crop")
      }
      return tensor
    } catch .undecodable(let path, let format, let reason) {
      throw .undecodable(
        path: path, format: format,
        reason: (reason.hasSuffix(".") ? String(reason.dropLast()) : reason)
          + "; --skip-unreadable leaves such images out")
    }
  }
}

extension UnreadContent {
  /// Returns a sentence for each kind of content of some examples that is not used.
  static func notes(
    on examples: Set<Int>, name: (Int) -> String, _ content: (Int) -> Set<UnreadContent>
  ) -> [String] {
    var concerned: [UnreadContent: [Int]] = [:]
    for index in examples.sorted() {
      for content in content(index) { concerned[content, default: []].append(index) }
    }
    return allCases.compactMap { content in
      guard let indices = concerned[content], let first = indices.first else { return nil }
      // A property of all examples is no difference between them.
      if content == .floatingPoint, indices.count == examples.count { return nil }
      let others = indices.count == 1 ? "" : " and \(indices.count - 1) more"
      return "\(content.note): \(name(first))\(others)."
    }
  }
}

/// Reads all entries, on all processors, and returns the indices of those that fail.
func failures<Entry: Sendable>(
  of entries: [Entry], _ read: @Sendable (Entry) throws(DataError) -> Void
) -> Set<Int> {
  let failures = Mutex<Set<Int>>([])
  DispatchQueue.concurrentPerform(iterations: entries.count) { index in
    do {
      try read(entries[index])
    } catch {
      failures.withLock { _ = $0.insert(index) }
    }
  }
  return failures.withLock { $0 }
}
