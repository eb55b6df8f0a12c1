// SPDX-License-Identifier: MIT

import GEED

/// The files that hold one data set together, in the order of their names: those of a folder that holds
/// nothing else, or those of a pattern such as `shard-{000..003}.tar`.
struct ShardNames: Hashable, Sendable {
  /// The format of all files.
  enum Format: String, Sendable, CaseIterable {
    case tar
    case parquet = "Parquet"

    /// The format of a file by its name; `nil` for another one.
    init?(name: String) {
      let format = Self.allCases.first {
        $0 == .tar ? Archive.isTarName(name) : name.lowercased().hasSuffix(".parquet")
      }
      guard let format else { return nil }
      self = format
    }
  }

  let paths: [String]
  let format: Format

  /// The greatest number of files.
  private static let greatestCount = 100_000

  /// Finds the files that a word names; `nil` if it names something else, such as a single file.
  init?(_ argument: String) throws(DataError) {
    switch Folder.isFolder(argument) {
    case nil: try self.init(pattern: argument)
    case true?: try self.init(folder: argument)
    case false?: return nil
    }
  }

  /// Expands the only braces of a pattern, which hold two numbers of the same length.
  private init?(pattern: String) throws(DataError) {
    guard let open = pattern.firstIndex(of: "{"),
      let close = pattern[open...].firstIndex(of: "}"),
      let dots = pattern[open..<close].firstRange(of: ".."),
      let format = Format(name: String(pattern[close...].dropFirst()))
    else { return nil }
    let ends = [pattern[open..<dots.lowerBound].dropFirst(), pattern[dots.upperBound..<close]]
    let numbers = ends.compactMap { Int($0) }
    guard numbers.count == 2, numbers[0] >= 0, numbers[0] <= numbers[1],
      numbers[1] - numbers[0] < Self.greatestCount,
      ends[0].count <= ends[1].count
    else {
      throw .invalid(
        path: pattern,
        expected: "two numbers in order, at most \(Self.greatestCount) apart, as in '{000..003}'",
        found: "'\(pattern[open...close])'")
    }
    self.format = format
    paths = (numbers[0]...numbers[1]).map { number in
      let digits = "\(number)"
      let zeros = String(repeating: "0", count: max(0, ends[0].count - digits.count))
      return pattern[..<open] + zeros + digits + pattern[close...].dropFirst()
    }
    if let missing = paths.first(where: { Folder.isFolder($0) != false }) {
      throw .missing(path: missing, expected: "a \(format.rawValue) file of '\(pattern)'")
    }
  }

  /// Lists a folder; `nil` if it has other folders or files that are not hidden.
  private init?(folder path: String) throws(DataError) {
    let names = (Folder.names(in: Array(path.utf8)) ?? []).filter { !$0.isHidden }
    let texts = names.compactMap { String(validating: $0.bytes, as: UTF8.self) }
    guard let format = texts.first.flatMap({ Format(name: $0) }), texts.count == names.count,
      texts.allSatisfy({ Format(name: $0) == format }),
      texts.allSatisfy({ Folder.isFolder("\(path)/\($0)") == false })
    else { return nil }
    // Such as `train-0.tar` and `val-0.tar`.
    let stems = Set(texts.map { $0.filter { !$0.isNumber } }).sorted()
    guard stems.count == 1 else {
      throw .unsuitable(
        path: path, expected: "\(format.rawValue) files whose names differ only in their numbers",
        found: stems.prefix(3).map { "'\($0)'" }.joined(separator: ", "),
        fix: "name those of one part, as in '\(path)/\(texts[0])' or with numbers like '{000..003}'"
      )
    }
    self.format = format
    paths = texts.map { "\(path)/\($0)" }
  }
}
