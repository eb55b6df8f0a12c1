// SPDX-License-Identifier: MIT

import Testing

/// What the tool says about itself.
struct HelpTests {
  @Test(
    "Help is the text that was read and approved",
    arguments: [[], ["layers"], ["data"], ["measure"]])
  func help(command: [String]) throws {
    let text = try Tool.output(of: command + ["--help"], environment: ["COLUMNS": "80"])
    try expectSnapshot(text, (["help"] + command).joined(separator: "-"))
    let longest = text.split(separator: "\n").max { $0.count < $1.count }
    #expect(longest?.count ?? 0 <= 80, "\(String(describing: longest))")
  }

  @Test("Without arguments the tool shows its help")
  func bare() throws {
    #expect(
      try Tool.output(of: [], environment: ["COLUMNS": "80"])
        == Tool.output(of: ["--help"], environment: ["COLUMNS": "80"]))
  }

  @Test("The version is one line")
  func version() throws {
    let version = try Tool.output(of: ["--version"])
    #expect(version.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }
}
