// SPDX-License-Identifier: MIT

import CCrypto
import Foundation

/// Fingerprints of files, by OpenSSL's libcrypto.
enum FileHash {
  /// The SHA-256 of a file, in hexadecimal; the file is read in pieces.
  static func sha256(ofFile path: String) throws -> String {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    return try sha256(of: path) { try file.read(upToCount: 1 << 20) }
  }

  /// The SHA-256 of numbers, in hexadecimal.
  ///
  /// - Parameter name: What to call them in an error.
  static func sha256(of numbers: [Float], named name: String) throws -> String {
    var rest = numbers.withUnsafeBytes { Data($0) }
    return try sha256(of: name) {
      defer { rest = Data() }
      return rest
    }
  }

  /// The SHA-256 of pieces, up to one that is empty or `nil`.
  private static func sha256(of name: String, _ next: () throws -> Data?) throws -> String {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    var isSound = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    while let piece = try next(), !piece.isEmpty {
      isSound =
        piece.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1 }
        && isSound
    }
    guard EVP_DigestFinal_ex(context, &digest, &length) == 1, isSound else {
      throw FileHashError(path: name)
    }
    return digest.prefix(Int(length)).map { String(format: "%02x", $0) }.joined()
  }
}

/// libcrypto could not hash a file.
struct FileHashError: Error, CustomStringConvertible {
  let path: String

  var description: String { "Could not compute the SHA-256 of '\(path)'." }
}
