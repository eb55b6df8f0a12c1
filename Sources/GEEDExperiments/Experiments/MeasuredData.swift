// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData

/// The data sets that networks are measured on, by name.
package struct MeasuredData: Sendable, Hashable {
  /// The name of the test split of the data that the networks are trained on.
  package static let rotatedMNIST = "rotated-mnist"

  /// The location given by `--data`: a folder of data sets, one in MNIST's layout, or `glyphs`.
  let location: String
  /// The number of rows, and of columns, of the images.
  static let size = 29
  /// The seed of angles and corruptions.
  let seed: UInt64 = 0

  package init(at location: String) {
    self.location = location
  }

  /// The location of the digits, as accepted by `DatasetLocation`.
  package var digits: String { folder("mnist") ?? location }

  /// The files in the folder of the digits, in MNIST's layout.
  var digitFiles: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: digits)) ?? []
    return names.filter { $0.contains("-ubyte") }.sorted().map { "\(digits)/\($0)" }
  }

  /// Returns those of the named data sets that exist.
  package func available(_ names: [String]) -> [String] {
    names.filter { name in
      Self.folders[name] == nil || folder(of: name) != nil
    }
  }

  /// Returns the folder of a data set that does not consist of the digits.
  func folder(of name: String) -> String? { Self.folders[name].flatMap { folder($0) } }

  private static let folders = [
    "kmnist": "kmnist", "notmnist": "notmnist", "cifar10-grey": "cifar10-test",
  ]

  private func folder(_ name: String) -> String? {
    let path = "\(location)/\(name)"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// Opens a data set of grey images, each rotated by its own fixed angle, like the training images.
  /// Its name is ``rotatedMNIST``, `kmnist`, `notmnist`, `cifar10-grey`, or one such as `mnist-fog-3`.
  package func open(_ name: String) throws(DataError) -> any Dataset {
    try upright(name).rotated(seed: ~seed, named: name)
  }

  private func upright(_ name: String) throws(DataError) -> any Dataset {
    let preprocessing = Preprocessing(
      resize: .exact(width: Self.size, height: Self.size), channels: 1)
    if let folder = Self.folders[name] {
      // Data that are not divided into parts, such as a folder of test images, are used as they are.
      return try DatasetLocation.open("\(location)/\(folder)", preprocessing: preprocessing)
    }
    let digits = try ChosenExamples(
      of: DatasetLocation.open(self.digits, preprocessing: preprocessing, split: .test),
      classes: 0..<SixBlockExperiment.classCount)
    guard name != Self.rotatedMNIST else { return digits }
    guard let corruption = Self.corruption(name) else {
      throw .invalid(path: name, expected: "a data set of the figure", found: "another name")
    }
    return try digits.corrupted(by: corruption, seed: seed)
  }

  /// Returns the corruption that a name such as `mnist-fog-3` stands for.
  private static func corruption(_ name: String) -> Corruption? {
    guard name.hasPrefix("mnist-"), let dash = name.lastIndex(of: "-") else { return nil }
    let kind = name[..<dash].dropFirst("mnist-".count)
    return Corruption(parsing: "\(kind):\(name[name.index(after: dash)...])")
  }
}
