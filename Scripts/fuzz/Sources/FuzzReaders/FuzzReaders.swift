// SPDX-License-Identifier: MIT

import Foundation

/// Mutates files at random and reads them with all parts of GEED that read files.
///
///     FuzzReaders SEEDS SCRATCH TOOL SEED MINUTES [READER…]
///
/// Readers may reject an input, but must not end the process, take longer than 10 s, or increase
/// memory by more than 1 GiB. Inputs that cause a violation are kept in `SCRATCH/found`, and the
/// exit status is 1. The same seed generates the same inputs.
@main
struct FuzzReaders {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    if words.first == "worker", words.count >= 7 {
      let worker = Worker(
        seeds: words[1], scratch: words[2], seed: UInt64(words[4]) ?? 1, tool: words[3],
        readers: words.dropFirst(7).compactMap(Reader.init))
      return try worker.run(Int(words[5]) ?? 0, Int(words[6]) ?? 0)
    }
    guard words.count >= 5, let seed = UInt64(words[3]), let minutes = Double(words[4]) else {
      print("usage: FuzzReaders SEEDS SCRATCH TOOL SEED MINUTES [READER…]")
      exit(64)
    }
    let named = words.dropFirst(5).compactMap(Reader.init)
    var supervisor = Supervisor(
      seeds: words[0], scratch: words[1], tool: words[2], seed: seed,
      readers: named.isEmpty ? Reader.allCases : named)
    try supervisor.run(minutes: minutes)
    supervisor.lines.forEach { print($0) }
    exit(supervisor.found.isEmpty ? 0 : 1)
  }
}
