// SPDX-License-Identifier: MIT

import Foundation

/// Starts workers, and keeps the inputs that ended them.
struct Supervisor {
  let seeds: String
  let scratch: String
  let tool: String
  let seed: UInt64
  let readers: [Reader]

  /// One line for each input that broke a reader.
  private(set) var found: [String] = []
  private var counts: [Reader: (accepted: Int, refused: Int)] = [:]
  private var next = 0

  /// The longest permitted time of a reader, in seconds.
  private static let timeLimit = 10.0

  init(seeds: String, scratch: String, tool: String, seed: UInt64, readers: [Reader]) {
    self.seeds = seeds
    self.scratch = scratch
    self.tool = tool
    self.seed = seed
    self.readers = readers
  }

  /// The numbers of inputs, and the failures found.
  var lines: [String] {
    var lines = readers.map { reader in
      let count = counts[reader] ?? (0, 0)
      return "\(reader.rawValue): \(count.accepted + count.refused) inputs, "
        + "\(count.refused) refused"
    }
    let total = counts.values.reduce(0) { $0 + $1.accepted + $1.refused }
    lines.append("\(total + found.count) inputs in all, \(found.count) broke a reader")
    return lines + found
  }

  /// Runs for the given number of minutes.
  mutating func run(minutes: Double) throws {
    try FileManager.default.createDirectory(
      atPath: "\(scratch)/found", withIntermediateDirectories: true)
    let end = Date().addingTimeInterval(60 * minutes)
    while Date() < end { try runWorker(until: end) }
  }

  private mutating func runWorker(until end: Date) throws {
    let worker = Process()
    worker.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    // A new worker after this many inputs, so that a slow leak does not hide behind the limit.
    worker.arguments =
      ["worker", seeds, scratch, tool, String(seed), String(next), String(next + 2_000)]
      + readers.map(\.rawValue)
    let log = "\(scratch)/log"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    worker.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    worker.standardError = FileHandle.nullDevice
    try worker.run()
    let reading = try FileHandle(forReadingFrom: URL(fileURLWithPath: log))
    var rest = ""
    var current: (number: Int, reader: Reader)?
    var lastNews = Date()
    while true {
      let isRunning = worker.isRunning
      let news = reading.readDataToEndOfFile()
      if !news.isEmpty {
        lastNews = Date()
        rest += String(decoding: news, as: UTF8.self)
        let lines = rest.split(separator: "\n", omittingEmptySubsequences: false)
        rest = String(lines[lines.count - 1])
        for line in lines.dropLast() { take(String(line), &current) }
      }
      if !isRunning { break }
      let isLate = Date().timeIntervalSince(lastNews) > Self.timeLimit
      if isLate || Date() > end {
        kill(worker.processIdentifier, SIGKILL)
        worker.waitUntilExit()
        if isLate, let current { keep(current, "took more than \(Int(Self.timeLimit)) s") }
        return
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
    worker.waitUntilExit()
    if let current { keep(current, "ended the process by signal \(worker.terminationStatus)") }
  }

  private mutating func take(_ line: String, _ current: inout (number: Int, reader: Reader)?) {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard words.count >= 3, let number = Int(words[1]) else { return }
    if words[0] == "begin", let reader = Reader(rawValue: String(words[2])) {
      current = (number, reader)
      next = number + 1
    } else if words[0] == "end", let (_, reader) = current {
      switch words[2] {
      case "accepted": counts[reader, default: (0, 0)].accepted += 1
      case "refused": counts[reader, default: (0, 0)].refused += 1
      default: keep((number, reader), words[2...].joined(separator: " "))
      }
      current = nil
    }
  }

  private mutating func keep(_ input: (number: Int, reader: Reader), _ reason: String) {
    next = input.number + 1
    let name = "\(scratch)/found/\(input.reader.rawValue)-\(input.number)"
    found.append("\(name): \(reason)")
    print(found[found.count - 1])
    try? FileManager.default.copyItem(atPath: "\(scratch)/input", toPath: name)
  }
}
