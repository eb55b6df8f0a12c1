// SPDX-License-Identifier: MIT

/// The version of this package.
public enum GEEDVersion {
  /// The version number that the package writes into files.
  public static let current = "0.1.0"
}
