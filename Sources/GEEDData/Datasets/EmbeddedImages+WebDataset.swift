// SPDX-License-Identifier: MIT

import GEED

extension EmbeddedImages {
  /// Opens the images of a listing.
  ///
  /// - Parameter path: The path of the data as a user gave it.
  init(
    _ listing: WebDatasetListing, path: String, preprocessing: Preprocessing,
    skipsUnreadable: Bool
  ) throws(DataError) {
    let isOne = Set(listing.samples.map(\.archive.path)).count <= 1
    try self.init(
      listing.samples.map { sample in
        let (archive, image) = (sample.archive, sample.image)
        return Entry(
          path: "\(archive.path)/\(image.name)",
          name: isOne ? image.name : "\(lastComponent(of: archive.path))/\(image.name)",
          label: sample.label
        ) { () throws(DataError) in try archive.bytes(of: image) }
      },
      named: lastComponent(of: path), path: path, classNames: listing.classNames,
      notes: listing.notes, preprocessing: preprocessing, skipsUnreadable: skipsUnreadable)
  }
}
