// SPDX-License-Identifier: MIT

/// A part of a data set: for training, for choosing settings, or held out for testing.
public enum DataSplit: String, Sendable, Hashable, Codable, CaseIterable {
  case train
  case validation
  case test

  /// Creates the part for a folder name such as `val`, ignoring case; `nil` for other names.
  package init?(folderName: String) {
    switch folderName.lowercased() {
    case "train", "training": self = .train
    case "val", "valid", "validation", "dev": self = .validation
    case "test", "testing": self = .test
    default: return nil
    }
  }
}
