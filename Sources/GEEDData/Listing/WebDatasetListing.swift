// SPDX-License-Identifier: MIT
// https://github.com/webdataset/webdataset#the-webdataset-format

import Foundation
import GEED

/// The images of tar files in the format of WebDataset, each with its class.
///
/// The name of a file up to the first dot is its key. The files of one key are one example: an image, and
/// its class in a file `key.cls` (a number) or `key.json` (`{"label": number}`, or the name of a class).
/// Other files are left out.
struct WebDatasetListing: Sendable {
  struct Sample: Sendable {
    let archive: Archive
    let image: Archive.Member
    let label: Int?
  }

  let samples: [Sample]

  /// The names of the classes, in byte order; empty if the classes have only numbers.
  let classNames: [String]

  /// Sentences on the classes and on what is left out.
  let notes: [String]

  /// Lists tar files.
  ///
  /// - Parameter needsLabels: Whether files without classes are no WebDataset, so that the result is `nil`.
  init?(_ archives: [Archive], needsLabels: Bool) throws(DataError) {
    var leftOut = LeftOut()
    var groups: [Group] = []
    for archive in archives { groups += try Self.groups(of: archive, &leftOut) }
    let hasLabels = groups.contains { $0.label != nil && !$0.images.isEmpty }
    if !hasLabels, needsLabels { return nil }
    var found: [(archive: Archive, image: Archive.Member, label: Label?)] = []
    for group in groups {
      // Without classes, keys mean nothing: names such as `2026.01.png` may contain dots.
      if hasLabels { try group.requireOneImage() }
      for image in group.images { found.append((group.archive, image, group.label)) }
      for member in group.members where !Self.isImage(member) {
        guard !hasLabels || group.images.isEmpty || !Self.isOfLabel(member) else { continue }
        leftOut.add(Self.kind(of: member), member.name)
      }
    }
    let labeled = found.filter { $0.label != nil }
    try Self.requireOnePart(found.map(\.image), path: archives.first?.path ?? "")
    let names = Set(labeled.compactMap { $0.label?.name })
    let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(uniqueKeysWithValues: zip(sorted, sorted.indices))
    try Self.requireAlike(found.map { ("\($0.archive.path)/\($0.image.name)", $0.label) })
    samples = found.map { item in
      Sample(
        archive: item.archive, image: item.image,
        label: item.label.flatMap { label in label.number ?? label.name.flatMap { places[$0] } })
    }
    classNames = sorted
    notes =
      (labeled.isEmpty
        ? ["No image has a class: none has a file '.cls', or '.json' with a 'label'."] : [])
      + (hasLabels && Set(found.map { folder(of: $0.image.name) }).count > 1
        ? ["The classes are those of files '.cls' or '.json'; the folders of images are not used."]
        : [])
      + leftOut.notes
  }

  /// The files of a key.
  private struct Group {
    let archive: Archive
    var members: [Archive.Member] = []
    var label: Label?

    var images: [Archive.Member] { members.filter(WebDatasetListing.isImage) }

    func requireOneImage() throws(DataError) {
      guard images.count > 1 else { return }
      throw .unsuitable(
        path: archive.path, expected: "one image for each key",
        found: images.prefix(2).map { "'\($0.name)'" }.joined(separator: " and "),
        fix: "write shards with one of them")
    }
  }

  /// A class as a file states it.
  private enum Label: Sendable {
    case number(Int)
    case name(String)

    var number: Int? { if case .number(let number) = self { number } else { nil } }
    var name: String? { if case .name(let name) = self { name } else { nil } }
  }
}

// MARK: - Members

extension WebDatasetListing {
  /// The files of each key, in the order of the archive.
  private static func groups(
    of archive: Archive, _ leftOut: inout LeftOut
  ) throws(DataError) -> [Group] {
    var places: [[UInt8]: Int] = [:]
    var groups: [Group] = []
    for member in archive.members {
      let name = fileName(of: member)
      guard member.kind == .file, !name.isHidden else {
        leftOut.add(
          member.kind == .link ? .archivedLink : member.kind == .file ? .hiddenFile : .special,
          member.name)
        continue
      }
      let key = Array(member.rawName.dropLast(name.bytes.count)) + name.key
      let place = places[key] ?? groups.count
      places[key] = place
      if place == groups.count { groups.append(Group(archive: archive)) }
      groups[place].members.append(member)
    }
    for index in groups.indices where !groups[index].images.isEmpty {
      groups[index].label = try label(of: groups[index].members, in: archive)
    }
    return groups
  }

  private static func fileName(of member: Archive.Member) -> FileName {
    FileName(member.rawName.split(separator: UInt8(ascii: "/")).last ?? [])
  }

  private static func isImage(_ member: Archive.Member) -> Bool { fileName(of: member).isImageName }

  private static func isOfLabel(_ member: Archive.Member) -> Bool {
    ["cls", "json"].contains(fileName(of: member).textAfterKey)
  }

  private static func kind(of member: Archive.Member) -> LeftOut.Kind {
    fileName(of: member).fileExtension.map { .ending($0) } ?? .unknown
  }

  /// Throws if the images are in folders of several parts, such as `train` and `val`.
  private static func requireOnePart(
    _ images: [Archive.Member], path: String
  ) throws(DataError) {
    let parts = Set(
      images.flatMap { image in
        image.name.split(separator: "/").dropLast().compactMap { DataSplit(folderName: String($0)) }
      })
    guard parts.count <= 1 else {
      throw .unsuitable(
        path: path, expected: "images of one part",
        found: parts.map(\.rawValue).sorted().joined(separator: " and "),
        fix: "write shards of one part")
    }
  }
}

// MARK: - Classes

extension WebDatasetListing {
  /// The greatest number of a class.
  private static let greatestLabel = 1 << 20

  private struct LabelFile: Decodable {
    struct Value: Decodable {
      let label: Label

      init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Int.self) {
          label = .number(number)
        } else {
          label = .name(try value.decode(String.self))
        }
      }
    }

    let label: Value?
  }

  /// The class of the files of a key: that of `key.cls`, otherwise that of `key.json`.
  private static func label(
    of group: [Archive.Member], in archive: Archive
  ) throws(DataError) -> Label? {
    for ending in ["cls", "json"] {
      let files = group.filter { fileName(of: $0).textAfterKey == ending }
      guard let file = files.first else { continue }
      let path = "\(archive.path)/\(file.name)"
      guard files.count == 1 else {
        throw .invalid(path: path, expected: "one file of this name", found: "\(files.count)")
      }
      guard file.size <= 1 << 20 else {
        throw .invalid(path: path, expected: "at most 1 MiB", found: "\(file.size) bytes")
      }
      let bytes = try archive.bytes(of: file)
      if ending == "json" { return json(bytes) }
      guard let number = number(bytes), (0...greatestLabel).contains(number) else {
        throw .invalid(
          path: path, expected: "the number of a class, from 0 to \(greatestLabel)",
          found: "'\(String(decoding: bytes.prefix(40), as: UTF8.self))'")
      }
      return .number(number)
    }
    return nil
  }

  private static func number(_ bytes: [UInt8]) -> Int? {
    Int(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// The label of a JSON object, if it is a name or a number from 0; files of other content, such as
  /// captions, have the same ending.
  private static func json(_ bytes: [UInt8]) -> Label? {
    guard let file = try? JSONDecoder().decode(LabelFile.self, from: Data(bytes)) else {
      return nil
    }
    if let number = file.label?.label.number, !(0...greatestLabel).contains(number) { return nil }
    return file.label?.label
  }

  /// Throws if some images have a class and some have none, or if classes are numbers and names.
  private static func requireAlike(
    _ labels: [(path: String, label: Label?)]
  ) throws(DataError) {
    let unlabeled = labels.filter { $0.label == nil }
    guard unlabeled.isEmpty || unlabeled.count == labels.count else {
      throw .invalid(
        path: unlabeled[0].path, expected: "a class of each image",
        found: "none for \(unlabeled.count) of \(labels.count)")
    }
    let isNumber = labels.first?.label?.number != nil
    if let odd = labels.first(where: { ($0.label?.number != nil) != isNumber }) {
      throw .invalid(
        path: odd.path, expected: "classes that are all numbers, or all names", found: "both")
    }
  }
}

extension FileName {
  /// The bytes before the first dot.
  fileprivate var key: ArraySlice<UInt8> { bytes.prefix { $0 != UInt8(ascii: ".") } }

  /// The text after the first dot, in lower case.
  fileprivate var textAfterKey: String {
    FileName(bytes.dropFirst(key.count + 1)).text.lowercased()
  }
}
