// SPDX-License-Identifier: MIT

import GEEDProgram
import Testing

@Suite struct CommandWordsTests {
  @Test(
    "Words, quotes and backslashes are those of a shell",
    arguments: [
      ("python serve.py", ["python", "serve.py"]),
      ("  a\tb  ", ["a", "b"]),
      (#"run 'two words' "and more""#, ["run", "two words", "and more"]),
      (#"a\ b c\'d"#, ["a b", "c'd"]),
      (#"x='1 2'3"4 5""#, ["x=1 234 5"]),
      (#""say \"hi\" \\ \n""#, [#"say "hi" \ \n"#]),
      (#"'$HOME | \' "" end"#, [#"$HOME | \"#, "", "end"]),
    ])
  func split(command: String, expected: [String]) throws {
    #expect(try words(ofCommand: command) == expected)
  }

  @Test(
    "What only a shell could do is refused, and so is half a command",
    arguments: [
      ("a | b", "has '|'"), ("a > b", "has '>'"), ("a $HOME", "has '$'"), ("", "names no program"),
      ("   ", "names no program"), ("a 'b", "lacks the second '"), ("a \"b", "lacks the second \""),
      ("a \\", "ends with a backslash"), ("'' b", "names no program"),
    ])
  func refused(command: String, reason: String) {
    let error = #expect(throws: ProgramError.self) { try words(ofCommand: command) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }
}
