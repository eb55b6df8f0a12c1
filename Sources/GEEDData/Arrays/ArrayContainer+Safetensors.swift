// SPDX-License-Identifier: MIT

import GEED

extension ArrayContainer {
  /// Lists the tensors of a safetensors file, which are read from their places in the file.
  init(safetensors path: String) throws(DataError) {
    let file = try DataFile(opening: path, expected: "a safetensors file")
    let header = try SafetensorsHeader(of: file) { problem in
      .invalid(
        path: "\(path), \(problem.place)", expected: problem.expected, found: problem.found)
    }
    try self.init(
      path: path,
      entries: header.entries.map { entry in
        let (place, element) = (
          "\(path):/\(entry.name)", ArrayElement(safetensors: entry.typeName)
        )
        return Entry(
          name: entry.name, shape: entry.shape, typeName: entry.typeName, element: element
        ) { () throws(DataError) in
          guard let element else {
            throw .unsuitable(
              path: place, expected: "numbers of type F32, F16, BF16, F64, BOOL or an integer type",
              found: entry.typeName, fix: "save tensor.float()")
          }
          return try ArrayRows(
            path: place, shape: entry.shape, element: element, in: file,
            at: file.byteCount - header.dataLength + entry.bytes.lowerBound)
        }
      })
  }
}
