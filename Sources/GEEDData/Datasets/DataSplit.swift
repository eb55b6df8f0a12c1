// SPDX-License-Identifier: MIT

/// Which part of a data set: the one to train on, the one to choose settings by, or the one held back.
public enum DataSplit: String, Sendable, Hashable, Codable, CaseIterable {
  case train
  case validation
  case test

  /// The part that a folder of this name holds, such as `val`, in any case; `nil` for other names.
  package init?(folderName: String) {
    switch folderName.lowercased() {
    case "train", "training": self = .train
    case "val", "valid", "validation", "dev": self = .validation
    case "test", "testing": self = .test
    default: return nil
    }
  }
}
