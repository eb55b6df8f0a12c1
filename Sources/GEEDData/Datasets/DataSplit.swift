// SPDX-License-Identifier: MIT

/// Which part of a data set: the one to train on or the one held back.
public enum DataSplit: String, Sendable, Hashable, Codable, CaseIterable {
  case train
  case test
}
