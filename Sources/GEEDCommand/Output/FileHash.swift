// SPDX-License-Identifier: MIT

import CCrypto
import Foundation

/// Fingerprints of files, by OpenSSL's libcrypto.
enum FileHash {
  /// The SHA-256 of a file, in hexadecimal; the file is read in pieces.
  static func sha256(ofFile path: String) throws -> String {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    var isSound = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
      isSound =
        piece.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1 }
        && isSound
    }
    guard EVP_DigestFinal_ex(context, &digest, &length) == 1, isSound else {
      throw FileHashError(path: path)
    }
    return digest.prefix(Int(length)).map { String(format: "%02x", $0) }.joined()
  }
}

/// libcrypto could not hash a file.
struct FileHashError: Error, CustomStringConvertible {
  let path: String

  var description: String { "Could not compute the SHA-256 of '\(path)'." }
}
