// SPDX-License-Identifier: MIT

import GEED

/// Random changes of a file's bytes that are likely to break readers: flipped bits, numbers at the
/// limits of their range, and bytes that are missing, doubled or taken from elsewhere.
struct Mutation {
  private var generator: SplitMix64

  init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
  }

  /// Returns a random number below `count`.
  mutating func index(below count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

  /// Returns the bytes with one to eight changes.
  ///
  /// - Parameter other: Another file, from which pieces may be taken.
  mutating func changed(_ bytes: [UInt8], other: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0...index(below: 8) { change(&result, other: other) }
    return result
  }

  private mutating func change(_ bytes: inout [UInt8], other: [UInt8]) {
    guard !bytes.isEmpty else { return bytes = Array(other.prefix(1 + index(below: 64))) }
    // Headers determine what a reader does, so half of all changes are near the beginning.
    let end = Bool.random(using: &generator) ? min(bytes.count, 256) : bytes.count
    let place = index(below: end)
    switch index(below: 9) {
    case 0: bytes[place] ^= 1 << UInt8(index(below: 8))
    case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
    case 2: bytes.removeLast(bytes.count - place)
    case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + index(below: 64)))
    case 4:
      let piece = bytes[place..<min(bytes.count, place + 1 + index(below: 256))]
      bytes.insert(contentsOf: piece, at: index(below: bytes.count))
    case 5: write(extremeNumber(), to: &bytes, at: place)
    case 6: changeDigits(&bytes, near: place)
    case 7 where !other.isEmpty:
      let from = index(below: other.count)
      let piece = other[from..<min(other.count, from + 1 + index(below: 512))]
      bytes.replaceSubrange(place..<min(bytes.count, place + piece.count), with: piece)
    default:
      for i in place..<min(bytes.count, place + 1 + index(below: 32)) { bytes[i] = 0xFF }
    }
  }

  /// Returns the bytes of a number that readers may not expect: ±1, the limits of an integer's
  /// range, huge sizes.
  private mutating func extremeNumber() -> [UInt8] {
    let numbers: [UInt64] = [
      0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 40,
      UInt64(Int64.max), 1 << 63, .max,
    ]
    let number = numbers[index(below: numbers.count)]
    let width = [1, 2, 4, 8][index(below: 4)]
    let bytes = (0..<width).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    switch index(below: 3) {
    case 0: return bytes
    case 1: return bytes.reversed()
    default: return variableLength(number)
    }
  }

  /// Returns a number in the encoding of protocol buffers.
  private func variableLength(_ number: UInt64) -> [UInt8] {
    var (rest, bytes): (UInt64, [UInt8]) = (number, [])
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private func write(_ new: [UInt8], to bytes: inout [UInt8], at place: Int) {
    bytes.replaceSubrange(place..<min(bytes.count, place + new.count), with: new)
  }

  /// Replaces the next run of digits, for formats that write numbers as text.
  private mutating func changeDigits(_ bytes: inout [UInt8], near place: Int) {
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    guard let first = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
    let texts = [
      "0", "-1", "1e400", "NaN", "9223372036854775807", "9223372036854775808", "99999999999",
      "0.5", "null", "",
    ]
    bytes.replaceSubrange(first..<end, with: Array(texts[index(below: texts.count)].utf8))
  }
}
