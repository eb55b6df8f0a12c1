// SPDX-License-Identifier: MIT

import Testing

/// What the tool says about itself.
struct HelpTests {
  @Test(
    "Help is the text that was read and approved",
    arguments: [
      [], ["layers"], ["data"], ["plan"], ["measure"], ["compare"], ["replicates"], ["check"],
      ["conformance"], ["runs"], ["show"], ["report"], ["figure"], ["export"], ["merge"],
      ["download"], ["reproduce"], ["orbits"],
    ])
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

  @Test("Every command of the list can be called")
  func commands() throws {
    let help = try Tool.output(of: ["--help"], environment: ["COLUMNS": "80"])
    let list = help.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0 != "SUBCOMMANDS:" }.dropFirst().prefix { !$0.isEmpty }
    // Lines that go on with a description are indented further.
    let names = list.filter { !$0.hasPrefix("   ") }.compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
    #expect(names.count >= 7)
    for name in names {
      #expect(try Tool.run([name, "--help"]).status == 0, "geed \(name)")
    }
  }

  @Test("The version is one line")
  func version() throws {
    let version = try Tool.output(of: ["--version"])
    #expect(version.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }
}
