// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// A process that reads one mutated input after another and reports its position to its supervisor.
///
/// Any input may end it; the supervisor then starts another worker after that input.
struct Worker {
  let seeds: String
  let scratch: String
  let seed: UInt64
  let tool: String
  let readers: [Reader]

  /// Reads the inputs with the numbers from `first` up to but not including `end`.
  func run(_ first: Int, _ end: Int) throws {
    var known: [Reader: [String]] = [:]
    for reader in readers {
      let folder = "\(seeds)/\(reader.seedFolder)"
      known[reader] = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        .map { "\(folder)/\($0)" }
    }
    var peak = Self.residentBytes
    for number in first..<end {
      let reader = reader(ofInput: number)
      try report("begin \(number) \(reader.rawValue)")
      let input = try prepare(number, from: known[reader] ?? [])
      var outcome = "accepted"
      do {
        try autoreleasepoolIfNeeded { try reader.read(input, tool: tool) }
      } catch let flaw as Flaw {
        outcome = "flaw \(flaw)"
      } catch {
        outcome = "refused \(type(of: error))"
      }
      let resident = Self.peakBytes
      if resident - peak > 1 << 30 { outcome = "memory \((resident - peak) >> 20) MiB" }
      peak = max(peak, resident)
      try report("end \(number) \(outcome.replacing("\n", with: " "))")
    }
  }

  /// The reader of an input: all take turns, but those that start a process or an engine get one input
  /// in ten.
  private func reader(ofInput number: Int) -> Reader {
    let slow = readers.filter(\.isSlow)
    let fast = readers.filter { !$0.isSlow }
    if fast.isEmpty || !slow.isEmpty && number % 10 == 0 {
      return slow[(fast.isEmpty ? number : number / 10) % slow.count]
    }
    return fast[number % fast.count]
  }

  /// Copies a seed, changes one of its files, and returns the folder.
  private func prepare(_ number: Int, from seeds: [String]) throws -> String {
    var mutation = Mutation(seed: seed &* 0x9E37_79B9 &+ UInt64(number))
    let seed = seeds[mutation.index(below: seeds.count)]
    let folder = "\(scratch)/input"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.copyItem(atPath: seed, toPath: folder)
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().filter {
      var isFolder: ObjCBool = false
      return $0 != "command"
        && FileManager.default.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }
    let path = "\(folder)/\(files[mutation.index(below: files.count)])"
    let other = "\(folder)/\(files[mutation.index(below: files.count)])"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let changed = mutation.changed(
      Array(bytes), other: Array(try Data(contentsOf: URL(fileURLWithPath: other))))
    try Data(changed).write(to: URL(fileURLWithPath: path))
    return folder
  }

  private func report(_ line: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
  }

  private func autoreleasepoolIfNeeded(_ body: () throws -> Void) throws {
    #if canImport(ObjectiveC)
    try autoreleasepool(invoking: body)
    #else
    try body()
    #endif
  }

  /// The currently resident memory, in bytes.
  private static var residentBytes: Int { statusBytes("VmRSS:") }

  /// The greatest resident memory so far, in bytes.
  private static var peakBytes: Int { statusBytes("VmHWM:") }

  private static func statusBytes(_ key: String) -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix(key) })
    else { return 0 }
    return 1024
      * (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0)
  }
}
