// SPDX-License-Identifier: MIT

import GEEDData

struct PublicDataset {
  struct File {
    let url: String
    let checksum: Checksum
    /// The size in bytes, or `nil` if it was not published.
    var byteCount: Int?
    /// The maximum number of bytes to receive: the size, or 1 GiB if it is unknown.
    var greatestByteCount: Int { byteCount ?? 1 << 30 }
    /// The name of the file in the folder.
    var name: String { url.split(separator: "/").last.map(String.init) ?? url }
  }

  enum Checksum: Hashable {
    case sha256(String)
    /// For files of which only the MD5 is published.
    case md5(String)
    /// The name of a git object: the SHA-1 of "blob", its length, a zero byte and the content.
    case gitBlob(String)

    var kind: String {
      switch self {
      case .sha256: "SHA-256"
      case .md5: "MD5"
      case .gitBlob: "git blob"
      }
    }

    var value: String {
      switch self {
      case .sha256(let value), .md5(let value), .gitBlob(let value): value
      }
    }

    func value(ofFile path: String) throws -> String {
      switch self {
      case .sha256: try Digest.hex(ofFile: path, by: .sha256)
      case .md5: try Digest.hex(ofFile: path, by: .md5)
      case .gitBlob: try Digest.hex(ofFile: path, by: .sha1) { "blob \($0)\0" }
      }
    }
  }

  let name: String
  let license: String
  let files: [File]
  /// The suffix of the names of files to extract from archives afterwards, or `nil`.
  var unpackedSuffix: String?
  /// The path to give to `--data`, relative to the folder; empty for the folder itself.
  var location = ""
}

/// A data set that only its owners distribute.
struct ClosedDataset {
  let name: String
  let instructions: String

  static let all = [
    ClosedDataset(
      name: "xview",
      instructions: """
        xView has no public address: its owners give it to people who register.
        1. Register at https://xviewdataset.org and accept the licence (CC BY-NC-SA 4.0).
        2. Download 'Training Images' and 'Training Labels' and unpack both into one folder:
             xview/train_images/*.tif
             xview/xView_train.geojson
        3. geed data xview/xView_train.geojson --split train --preview ships.png
        """),
    ClosedDataset(
      name: "imagenet",
      instructions: """
        ImageNet has no public address: its owners give it to people who register.
        1. Register at https://image-net.org and accept the terms (research only).
        2. Download ILSVRC2012_img_val.tar, unpack it, and sort the images into one folder for
           each class, named by its WordNet id, such as imagenet/val/n01440764/.
        3. geed data imagenet/val --preset imagenet --preview orbits.png
        """),
  ]
}
