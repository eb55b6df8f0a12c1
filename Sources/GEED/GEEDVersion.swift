// SPDX-License-Identifier: MIT

/// Which GEED this is.
public enum GEEDVersion {
  /// The version of the package, as files that it writes name it.
  public static let current = "0.1.0"
}
