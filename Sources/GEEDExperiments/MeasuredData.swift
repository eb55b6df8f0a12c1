// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData

/// The data sets that networks are measured on, by name.
public struct MeasuredData: Sendable, Hashable {
  /// The test split of what the networks are trained on.
  public static let rotatedMNIST = "rotated-mnist"

  /// What `--data` names: a folder that holds `mnist`, `kmnist`, `notmnist` and `cifar10-test`, a folder
  /// in MNIST's layout, or `glyphs`.
  public let location: String
  /// Rows and columns of the pictures.
  public let size: Int
  /// Where angles and corruptions start.
  public let seed: UInt64

  /// - Parameters:
  ///   - location: What `--data` names.
  ///   - size: Rows and columns of the pictures.
  ///   - seed: Where angles and corruptions start.
  public init(at location: String, size: Int, seed: UInt64 = 0) {
    self.location = location
    self.size = size
    self.seed = seed
  }

  /// Where the digits are, as `DatasetLocation` takes it.
  public var digits: String { folder("mnist") ?? location }

  /// The data sets that are there, of those that a figure wants.
  public func available(_ names: [String]) -> [String] {
    names.filter { name in
      guard let folder = Self.folders[name] else { return true }
      return self.folder(folder) != nil
    }
  }

  private static let folders = [
    "kmnist": "kmnist", "notmnist": "notmnist", "cifar10-grey": "cifar10-test",
  ]

  private func folder(_ name: String) -> String? {
    let path = "\(location)/\(name)"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// Opens a data set; every picture of it is grey, of ``size``, and turned by an angle of its own, as
  /// those that the networks learn from.
  ///
  /// - Parameter name: ``rotatedMNIST``, `kmnist`, `notmnist`, `cifar10-grey`, or `mnist-` with the
  ///   name of a corruption and a severity, such as `mnist-fog-3`.
  /// - Throws: `DataError` that says what is missing.
  public func open(_ name: String) throws(DataError) -> any Dataset {
    let base = try upright(name)
    return try RotatedDataset(base, seed: ~seed, named: name)
  }

  private func upright(_ name: String) throws(DataError) -> any Dataset {
    let preprocessing = Preprocessing(resize: .exact(width: size, height: size), channels: 1)
    if let folder = Self.folders[name] {
      return try DatasetLocation.open(
        "\(location)/\(folder)", preprocessing: preprocessing, split: .test)
    }
    let digits = try ClassSubset(
      of: DatasetLocation.open(self.digits, preprocessing: preprocessing, split: .test),
      classes: 0..<RotatedMNIST.classCount)
    guard name != Self.rotatedMNIST else { return digits }
    guard let corruption = Self.corruption(name) else {
      throw .invalid(path: name, expected: "a data set of the figure", found: "another name")
    }
    return try CorruptedDataset(digits, by: corruption, seed: seed)
  }

  /// The corruption that `mnist-fog-3` and the like stand for.
  private static func corruption(_ name: String) -> Corruption? {
    guard name.hasPrefix("mnist-"), let dash = name.lastIndex(of: "-") else { return nil }
    let kind = name[..<dash].dropFirst("mnist-".count)
    return Corruption(parsing: "\(kind):\(name[name.index(after: dash)...])")
  }
}
