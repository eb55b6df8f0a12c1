// SPDX-License-Identifier: MIT

import CCrypto
import GEED

/// A checksum of bytes that are added in pieces, computed by OpenSSL's libcrypto.
///
/// It is for files: its SHA-256 takes a seventh of the time of the core library's `SHA256`.
package final class Digest {
  /// The hash function of a checksum.
  package enum Algorithm: Sendable, Hashable {
    case sha256
    case md5
    case sha1
  }

  private let context: OpaquePointer
  private let name: String
  private var isSound: Bool

  package init(_ algorithm: Algorithm) throws(DataError) {
    name = "\(algorithm)"
    guard let context = EVP_MD_CTX_new() else {
      throw .system(path: "libcrypto", operation: "start", reason: "out of memory")
    }
    self.context = context
    let type =
      switch algorithm {
      case .sha256: EVP_sha256()
      case .md5: EVP_md5()
      case .sha1: EVP_sha1()
      }
    isSound = EVP_DigestInit_ex(context, type, nil) == 1
  }

  deinit { EVP_MD_CTX_free(context) }

  package func add(_ bytes: [UInt8]) {
    let isAdded = EVP_DigestUpdate(context, bytes, bytes.count) == 1
    isSound = isAdded && isSound
  }

  package func add(_ text: String) { add(Array(text.utf8)) }

  /// Returns the checksum in hexadecimal; nothing can be added afterwards.
  package func finish() throws(DataError) -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    guard EVP_DigestFinal_ex(context, &digest, &length) == 1, isSound else {
      // A machine in FIPS mode has no MD5.
      throw .system(path: "libcrypto", operation: "compute the \(name) in", reason: "it refused")
    }
    return Array(digest.prefix(Int(length))).hexadecimal
  }

  /// Returns the checksum of a whole file, which is read in pieces.
  package static func hex(
    ofFile path: String, by algorithm: Algorithm, prefix: (Int) -> String = { _ in "" }
  ) throws(DataError) -> String {
    let file = try DataFile(opening: path, expected: "a file")
    let digest = try Digest(algorithm)
    digest.add(prefix(file.byteCount))
    for start in stride(from: 0, to: file.byteCount, by: 1 << 20) {
      digest.add(try file.bytes(at: start, count: min(1 << 20, file.byteCount - start)))
    }
    return try digest.finish()
  }
}
