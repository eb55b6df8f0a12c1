// SPDX-License-Identifier: MIT

import Testing

@testable import GEED

@Suite struct SHA256Tests {
  private func hash(_ bytes: [UInt8], pieces: [Int] = []) -> String {
    var hash = SHA256()
    var rest = bytes[...]
    for count in pieces {
      hash.add(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    hash.add(Array(rest))
    return hash.finish().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
  @Test(
    "The hashes are those of the standard",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func standard(text: String, expected: String) {
    #expect(hash(Array(text.utf8)) == expected)
  }

  /// Python: hashlib.sha256(bytes(i * 7 % 251 for i in range(n))).hexdigest()
  @Test(
    "Lengths around a block",
    arguments: [
      (55, "8af594de0e003fdee5c8bb088216c824349b4137070f559574f4a4bddd27b714"),
      (56, "db81bc2bfd43620591df192139062da77d4c376f1888ea3d2190bd07c8d901f9"),
      (63, "bd535b38bf0d0d1a09d370b7e34b2696cea3767801a45d5611a4aaa6954e8527"),
      (64, "292be91abe8c0909fe3d26575af5755eee74d23816dc68c3ba41765136967654"),
      (65, "ba65aedf7884642499a59ae124894611d986cf429e69f569488048af3a99e25a"),
      (119, "d367ab298e74477421127b0b448667c37c006c636f5738f081c39388756e5fad"),
      (120, "be7beb9c82089eb08da8fe6eb30c13b9d56869014e228a8c3eb0fdfe832efab2"),
      (128, "cb5311e1d7aa8e11d6af7081f3ffc3e4efa008c7483a1a791fe170bf37546ba7"),
      (1000, "59425e4412e296fc74736673ce067027f384203f59c0d2c3e6be7b13347b3ffc"),
    ])
  func lengths(count: Int, expected: String) {
    let bytes = (0..<count).map { UInt8($0 * 7 % 251) }
    #expect(hash(bytes) == expected)
  }

  @Test("Pieces make the hash of the whole", arguments: 0..<12)
  func pieces(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let bytes = (0..<generator.next(below: 400)).map { _ in UInt8(generator.next(below: 256)) }
    let pieces = (0..<6).map { _ in generator.next(below: 100) }
    #expect(hash(bytes, pieces: pieces) == hash(bytes))
  }

  /// Python: hashlib.sha256(numpy.array([1, -0.5, 3.25], '<f4').tobytes()).hexdigest()
  @Test("An example's hash is that of its little-endian floats")
  func tensor() {
    let digits = Tensor(shape: [3], scalars: [1, -0.5, 3.25]).sha256
    #expect(digits.count == 32)
    #expect(digits.prefix(8) == [0xFC, 0xD3, 0xA9, 0x2E, 0x58, 0xF9, 0x48, 0xAD])
  }
}
