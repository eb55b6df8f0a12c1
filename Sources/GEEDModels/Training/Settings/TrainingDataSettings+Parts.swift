// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData

extension TrainingDataSettings {
  /// Opens one part; the angles by which images are rotated differ between the parts.
  package func open(_ part: DataSplit, seed: UInt64) throws(DataError) -> any Dataset {
    let seed = self.seed ?? seed
    var changes = adaptation
    changes.seed = seed
    let whole: any Dataset
    if let split {
      // Both parts come from the training images.
      let base = try open(source, as: .train, changes)
      whole = Self.part(part, of: base, heldBack: split, seed: seed)
    } else if part == .test, let test {
      whole = try open(test, as: .test, changes)
    } else {
      whole = try open(source, as: part, changes)
    }
    guard part == .train, let count else { return whole }
    return ChosenExamples(count, of: whole, seed: seed)
  }

  /// The same data without normalization, for augmentations of values in 0...1.
  var unnormalized: TrainingDataSettings {
    var plain = self
    (plain.mean, plain.std) = ([], [])
    return plain
  }

  /// Opens a part of a source. If the source does not have the part, its default part is opened
  /// (`test`, else `val`, else `train`), or all of the data if they are not divided.
  private func open(
    _ source: String, as part: DataSplit, _ changes: Adaptation
  ) throws(DataError) -> any Dataset {
    let isThere = try DatasetLocation.splits(of: source).contains(part)
    return try changes.open(
      source, preprocessing: preprocessing, split: isThere ? part : nil, drawingAs: part)
  }

  private var preprocessing: Preprocessing {
    Preprocessing(
      resize: resize.map { .exact(width: $0, height: $0) },
      resizeFilter: resizeFilter ?? .bilinear, mean: mean, standardDeviation: std)
  }

  /// Holds back the same share of every class, at least one example if the class has two or more.
  private static func part(
    _ part: DataSplit, of base: any Dataset, heldBack share: Double, seed: UInt64
  ) -> ChosenExamples {
    var heldBack: Set<Int> = []
    let classes = Dictionary(grouping: 0..<base.count) { base.label(at: $0) ?? -1 }
    for (label, members) in classes {
      let count = min(
        max(Int((share * Double(members.count)).rounded()), 1), members.count - 1)
      // A separate seed for every class, so that no draw depends on which other classes there are.
      let drawn = randomExamples(
        count, of: members.count, seed: seed &+ UInt64(bitPattern: Int64(label)) &* 0x9E37_79B9)
      heldBack.formUnion(drawn.map { members[$0] })
    }
    let indices = (0..<base.count).filter { heldBack.contains($0) == (part != .train) }
    let name = part == .train ? "what is left of \(base.name)" : "held back from \(base.name)"
    return ChosenExamples(indices, of: base, named: name)
  }
}

// MARK: - Separation

extension TrainingDataSettings {
  /// Throws if the network would be evaluated on its training data.
  func requireSeparateParts() throws {
    if split != nil { return }
    if let test {
      let (learnt, tried) = (Self.files(of: source), Self.files(of: test))
      let known = Set(learnt.map(\.identity))
      if let shared = tried.first(where: { known.contains($0.identity) }) {
        throw UnsuitableSettings(
          "'data.test': expected other images than those to learn from, but '\(shared.path)' is "
            + "among both.")
      }
      let copies = Self.copies(of: learnt, among: tried)
      if let first = copies.first, 10 * copies.count >= tried.count {
        throw UnsuitableSettings(
          "'data.test': expected other images than those to learn from, but \(copies.count) of "
            + "\(tried.count) files, such as '\(first)', are copies of these.")
      }
      return
    }
    // Unchanged, because the same images would differ if rotated by the angles of each part.
    let plain = Adaptation()
    let learnt = try open(source, as: .train, plain)
    let tried = try open(source, as: .test, plain)
    guard learnt.name == tried.name, learnt.count == tried.count else { return }
    let sample = randomExamples(min(32, learnt.count), of: learnt.count, seed: 0)
    guard
      try sample.allSatisfy({
        try learnt.example(at: $0).scalars == tried.example(at: $0).scalars
      })
    else { return }
    throw UnsuitableSettings(
      "'data.source': '\(source)' does not come in parts, so the network would be tried on what it "
        + "has learnt; 'split: 0.2' holds a fifth of it back, 'test' names other data.")
  }

  private typealias File = (path: String, size: Int, identity: FileStatus.Identity)

  /// Returns the files with the same content as some file of `learnt`. Only files of equal sizes are
  /// read.
  private static func copies(of learnt: [File], among tried: [File]) -> [String] {
    let sizes = Set(learnt.map(\.size)).intersection(tried.map(\.size))
    func hash(_ file: File) -> String? {
      sizes.contains(file.size) ? try? Digest.hex(ofFile: file.path, by: .sha256) : nil
    }
    let known = Set(learnt.compactMap(hash))
    return tried.filter { hash($0).map(known.contains) ?? false }.map(\.path)
  }

  /// Returns the file, or all files below the folder, following links.
  private static func files(of path: String) -> [File] {
    var files: [File] = []
    var open = [(path: path, depth: 0)]
    while let next = open.popLast() {
      // Links may form cycles.
      guard next.depth < 16, let status = FileStatus(of: next.path) else { continue }
      switch status.kind {
      case .folder:
        let names = (try? FileManager.default.contentsOfDirectory(atPath: next.path)) ?? []
        open += names.filter { !$0.hasPrefix(".") }
          .map { ("\(next.path)/\($0)", next.depth + 1) }
      case .file: files.append((next.path, status.size, status.identity))
      case .link, .other: break
      }
    }
    return files
  }
}
