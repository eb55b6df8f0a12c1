// SPDX-License-Identifier: MIT

/// Returns names without the path components that all of them share, and without components that
/// the next one repeats: `layer1/layer1.0` is `layer1.0`. Equal results are avoided.
package func shortNames(_ names: [String]) -> [String] {
  var paths = names.map { name in
    var name = name
    for ending in ["_output_0", "_Output_0"] where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    let components = name.split(separator: "/").map(String.init)
    return components.isEmpty ? [name] : components
  }
  if paths.count == 1 { return paths.map { $0[$0.count - 1] } }
  while paths.allSatisfy({ $0.count > 1 }), Set(paths.map { $0[0] }).count == 1 {
    paths = paths.map { Array($0.dropFirst()) }
  }
  while paths.allSatisfy({ $0.count > 1 }), Set(paths.map { $0[$0.count - 1] }).count == 1 {
    paths = paths.map { Array($0.dropLast()) }
  }
  let short = paths.map { path in
    path.indices.filter { index in
      index + 1 == path.count || !path[index + 1].hasPrefix(path[index] + ".")
    }.map { path[$0] }.joined(separator: "/")
  }
  return Set(short).count == short.count ? short : paths.map { $0.joined(separator: "/") }
}

extension String {
  /// The last component of a path, without its extension.
  var fileStem: String {
    let file = fileName
    guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return file }
    return String(file[..<dot])
  }

  /// The last component of a path.
  var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}
