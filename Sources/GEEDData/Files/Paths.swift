// SPDX-License-Identifier: MIT

/// The part of a path after its last slash; slashes at its end do not count.
func lastComponent(of path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

/// The part of a path before its last slash, "." if there is none.
func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
