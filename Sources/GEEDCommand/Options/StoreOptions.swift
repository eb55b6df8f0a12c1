// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED

/// Options for storing a run, and for the part of it to measure.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Also save the run, batch by batch, in this SQLite file.", valueName: "geed.sqlite"))
  var store: String?

  @Flag(help: "Continue the run with the same settings in the store, if there is one.")
  var resume = false

  @Option(
    help: ArgumentHelp(
      """
      Measure only part i of n, numbered from 1, such as 2/8; 'geed merge' combines the parts. \
      auto takes the part from a Slurm array, a Kubernetes indexed job, or RANK and WORLD_SIZE.
      """, valueName: "i/n"), transform: ShardChoice.init(parsing:))
  var shard: ShardChoice?

  func validate() throws {
    guard store != nil || !resume else {
      throw ValidationError("'--resume' needs '--store', the file to resume from.")
    }
    guard store != nil || shard == nil else {
      throw ValidationError("'--shard' needs '--store', the file to merge from.")
    }
  }

  /// Returns the requested shard; reports on standard error if the environment determines it.
  func resolvedShard() throws -> Shard {
    guard let (shard, source) = try shard?.resolved(in: ProcessInfo.processInfo.environment) else {
      return .whole
    }
    if let source {
      StandardError.log("Measuring shard \(shard.index + 1)/\(shard.count) (\(source)).")
    }
    return shard
  }

  /// Options that determine where a run is stored, and do not affect its numbers.
  private static let names = (values: ["--store", "--shard"], flags: ["--resume"])

  /// Returns a command line without these options: the command of the same run as a whole.
  static func withoutStoring(_ words: [String]) -> [String] {
    var rest: [String] = []
    var isValue = false
    for word in words {
      if isValue {
        isValue = false
      } else if names.values.contains(word) {
        isValue = true
      } else if !names.flags.contains(word),
        !names.values.contains(where: { word.hasPrefix("\($0)=") })
      {
        rest.append(word)
      }
    }
    return rest
  }
}

/// A shard, such as `2/8`, or `auto`.
enum ShardChoice {
  case shard(Shard)
  case automatic

  fileprivate static let greatestCount = 1_000_000

  /// Parses a shard, or throws an error that states the syntax.
  init(parsing argument: String) throws {
    if argument == "auto" {
      self = .automatic
      return
    }
    let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1],
      (1...Self.greatestCount).contains(count), (1...count).contains(number)
    else {
      throw ValidationError(
        "expected i/n with i from 1 to n and n up to \(Self.greatestCount), such as 2/8, or auto")
    }
    self = .shard(Shard(index: number - 1, of: count))
  }

  /// Returns the shard, and the source if it was read from the environment.
  func resolved(in environment: [String: String]) throws -> (shard: Shard, source: String?) {
    switch self {
    case .shard(let shard): return (shard, nil)
    case .automatic:
      guard let launcher = Launcher.all.first(where: { environment[$0.number] != nil }) else {
        throw UsageError(
          "'--shard auto' found none of the variables "
            + Launcher.all.map(\.number).joined(separator: ", ")
            + "; give the part as '--shard i/n'.")
      }
      return (try launcher.shard(in: environment), launcher.name)
    }
  }
}

/// A launcher that starts one process for each part and identifies it in environment variables.
private struct Launcher {
  let name: String
  let number: String
  let count: String
  var first: String?
  var step: String?

  static let all = [
    Launcher(
      name: "Slurm array", number: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT",
      first: "SLURM_ARRAY_TASK_MIN", step: "SLURM_ARRAY_TASK_STEP"),
    Launcher(
      name: "Kubernetes indexed job", number: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS"),
    Launcher(name: "RANK and WORLD_SIZE", number: "RANK", count: "WORLD_SIZE"),
  ]

  func shard(in environment: [String: String]) throws -> Shard {
    func value(_ name: String?, default fallback: Int?) throws -> Int {
      guard let name, let text = environment[name] ?? fallback.map(String.init) else {
        if name == nil, let fallback { return fallback }
        throw UsageError(
          "'--shard auto' found \(number), but not \(name ?? ""), the number of parts.")
      }
      guard let value = Int(text) else {
        throw UsageError("'--shard auto' expected a whole number in \(name), but found '\(text)'.")
      }
      return value
    }
    let total = try value(count, default: nil)
    let (offset, isTooFar) = try value(number, default: nil)
      .subtractingReportingOverflow(value(first, default: 0))
    let step = try value(step, default: 1)
    guard (1...ShardChoice.greatestCount).contains(total), step >= 1, !isTooFar, offset >= 0,
      offset.isMultiple(of: step), offset / step < total
    else {
      throw UsageError(
        "'--shard auto' found part \(environment[number] ?? "") of \(total) in \(number) and "
          + "\(count), which is none.")
    }
    return Shard(index: offset / step, of: total)
  }
}
