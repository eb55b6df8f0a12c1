// SPDX-License-Identifier: MIT

import Foundation
import GEEDStore

/// The kinds of the networks of a store. Networks of one kind differ in their seed alone.
struct NetworkKinds {
  private let names: [Settings: String]

  /// Everything that determines a network but its seed.
  fileprivate struct Settings: Hashable {
    let name: String
    let values: [String: String]
  }

  /// Names the kinds of networks that were trained or measured without a model file.
  init(_ runs: [RunSummary]) {
    let kinds = runs.map { Settings($0) }.uniqued
    names = Dictionary(grouping: kinds, by: \.name).values.reduce(into: [:]) { names, kinds in
      for (kind, suffix) in zip(kinds, Self.suffixes(of: kinds)) {
        names[kind] = kind.name + suffix
      }
    }
  }

  /// Returns the name of a run's kind, without its seed and without whether it is trained.
  func name(of run: RunSummary) -> String { names[Settings(run)] ?? run.model }

  /// Returns what distinguishes kinds of the same name: one setting if it is enough.
  private static func suffixes(of kinds: [Settings]) -> [String] {
    guard kinds.count > 1 else { return [""] }
    let keys = Set(kinds.flatMap(\.values.keys)).filter { key in
      Set(kinds.map { $0.values[key] }).count == kinds.count
    }
    let preferred = ["iterations", "width", "rate", "source"].compactMap { word in
      keys.filter { $0.hasSuffix(".\(word)") }.min()
    }
    guard let key = preferred.first ?? keys.min() else {
      return kinds.indices.map { " (\($0 + 1))" }
    }
    let word = key.split(separator: ".").last.map(String.init) ?? key
    return kinds.map { ", \(word) \($0.values[key] ?? "not given")" }
  }
}

extension NetworkKinds.Settings {
  /// The settings that do not belong to the network, or that distinguish networks of one kind.
  private static let ownSettings: Set = ["configuration.seed", "seed"]

  fileprivate init(_ run: RunSummary) {
    var words = run.model.split(separator: " ").map(String.init)
    if run.isOfUntrainedNetwork { words.removeLast() }
    if words.count > 1, words.last == "\(run.seed)" { words.removeLast() }
    name = words.joined(separator: " ")
    let settings = try? JSONSerialization.jsonObject(with: Data(run.settings.utf8))
    values = leaves(of: settings ?? run.settings, "").filter {
      !Self.ownSettings.contains($0.key) && !$0.key.hasPrefix("measured.")
    }
  }
}

extension RunSummary {
  /// Whether a run of a reproduction measures a network before its training.
  var isOfUntrainedNetwork: Bool { kind == .measure && description.model.hasSuffix(" untrained") }
}

/// Returns the values inside of a JSON value, by their paths: `data.classes`.
private func leaves(of value: Any, _ path: String) -> [String: String] {
  guard let members = value as? [String: Any] else { return [path: "\(value)"] }
  return members.reduce(into: [:]) { leaves, member in
    let place = path.isEmpty ? member.key : "\(path).\(member.key)"
    leaves.merge(GEEDReport.leaves(of: member.value, place)) { $1 }
  }
}
