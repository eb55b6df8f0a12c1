// SPDX-License-Identifier: MIT

import Foundation

// The lines of JSON that geed and a program exchange. Keys that are not known are ignored.

/// What a program states of itself in its first line: `{"geed": 1, "input": [3, 32, 32]}`.
public struct ProgramStatement: Sendable, Hashable {
  /// Its own name for the model.
  public var name: String?

  /// Its own version of the model, for instance a hash of the weights.
  public var version: String?

  /// The shape of one example, `nil` for an axis of any length; `nil` as a whole for any shape.
  public var input: [Int?]?

  /// The number of examples of every batch; `nil` if it takes any number.
  public var batch: Int?

  /// The largest number of examples of a batch.
  public var batchLimit: Int?
}

extension ProgramStatement: Decodable {
  private enum Key: String, CodingKey { case name, version, input, batch, batchLimit }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    name = try values.decodeIfPresent(String.self, forKey: .name)
    version = try values.decodeIfPresent(StatedText.self, forKey: .version)?.text
    input = try values.decodeIfPresent([Int?].self, forKey: .input)
    batch = try values.decodeIfPresent(Int.self, forKey: .batch)
    batchLimit = try values.decodeIfPresent(Int.self, forKey: .batchLimit)
  }
}

/// The version of the protocol, which every program states first.
struct ProtocolLine: Decodable {
  let geed: StatedText
}

/// A batch: this line, then the scalars as little-endian `float32`, row-major.
struct RequestLine: Encodable {
  let shape: [Int]
  /// The outputs that are wanted; omitted if all are.
  let outputs: [String]?

  var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Numbers and texts can always be encoded.
    return Array((try? encoder.encode(self)) ?? Data()) + [UInt8(ascii: "\n")]
  }
}

/// An answer: this line, then the arrays in order, then the line `end`; or an error alone.
struct AnswerLine: Decodable {
  struct Output: Decodable {
    let name: String
    /// `float32` if it is left out.
    let type: String?
    let shape: [Int]
  }

  let outputs: [Output]?
  let error: String?
}

/// A text, or a number that is taken as one.
struct StatedText: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int.self) {
      text = "\(number)"
    } else if let number = try? value.decode(Double.self) {
      text = "\(number)"
    } else {
      text = try value.decode(String.self)
    }
  }
}

/// Decodes a line; `nil` if it is none of this kind.
func decoded<Line: Decodable>(_ line: [UInt8], as kind: Line.Type) -> Line? {
  try? JSONDecoder().decode(kind, from: Data(line))
}
