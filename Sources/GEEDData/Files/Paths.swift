// SPDX-License-Identifier: MIT

/// The part of a path after its last slash; slashes at its end do not count.
func lastComponent(of path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}
