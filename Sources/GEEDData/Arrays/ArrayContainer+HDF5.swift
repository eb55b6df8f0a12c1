// SPDX-License-Identifier: MIT

import GEED

extension ArrayContainer {
  /// Lists the arrays of an HDF5 file, with those in groups, named like "group/name". Links are not
  /// followed. Rows are read on request; the library unpacks and converts them.
  init(hdf5 path: String) throws(DataError) {
    let file = try HDF5File(opening: path)
    try self.init(
      path: path,
      entries: try file.arrays().map { array in
        Entry(
          name: array.name, shape: array.shape,
          typeName: array.element?.kind.rawValue ?? "not numbers", element: array.element
        ) { () throws(DataError) in try file.rows(of: array.name) }
      })
  }
}
