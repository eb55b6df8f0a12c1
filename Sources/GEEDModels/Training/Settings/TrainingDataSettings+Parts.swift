// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData

extension TrainingDataSettings {
  /// Opens one part; the angles by which pictures are rotated differ between the parts.
  ///
  /// - Parameters:
  ///   - part: The part to open.
  ///   - seed: The seed of angles and draws, unless the settings have their own seed.
  /// - Throws: `DataError` that describes what is wrong with the data.
  package func open(_ part: DataSplit, seed: UInt64) throws(DataError) -> any Dataset {
    let seed = self.seed ?? seed
    var changes = adaptation
    changes.seed = seed
    let whole: any Dataset
    if let split {
      // Both parts come from the training pictures.
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
      resize: resize.map { .exact(width: $0, height: $0) }, mean: mean, standardDeviation: std)
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
      if let shared = Self.sharedFile(source, test) {
        throw UnsuitableSettings(
          "'data.test': expected other pictures than those to learn from, but '\(shared)' is among "
            + "both.")
      }
      let (count, copies) = Self.copies(of: source, in: test)
      if let first = copies.first, 10 * copies.count >= count {
        throw UnsuitableSettings(
          "'data.test': expected other pictures than those to learn from, but \(copies.count) of "
            + "\(count) files, such as '\(first)', are copies of these.")
      }
      return
    }
    // Unchanged, because the same pictures would differ if rotated by the angles of each part.
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

  /// Returns a file that two files or folders share, through links or because one lies in the
  /// other; `nil` if there is none.
  private static func sharedFile(_ a: String, _ b: String) -> String? {
    let known = Set(files(of: a).map(\.identity))
    return files(of: b).first { known.contains($0.identity) }?.path
  }

  /// Returns the files of folder `b` with the same content as some file of `a`, and the number of
  /// files in `b`. Only files of equal sizes are read.
  private static func copies(of a: String, in b: String) -> (count: Int, copies: [String]) {
    let (learnt, tried) = (files(of: a), files(of: b))
    let sizes = Set(learnt.map(\.size)).intersection(tried.map(\.size))
    func hash(_ path: String) -> String? { try? Digest.hex(ofFile: path, by: .sha256) }
    let known = Set(learnt.lazy.filter { sizes.contains($0.size) }.compactMap { hash($0.path) })
    let copies = tried.filter { file in
      sizes.contains(file.size) && hash(file.path).map(known.contains) ?? false
    }
    return (tried.count, copies.map(\.path))
  }

  private static func files(
    of path: String
  ) -> [(path: String, size: Int, identity: FileStatus.Identity)] {
    var files: [(path: String, size: Int, identity: FileStatus.Identity)] = []
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
