// SPDX-License-Identifier: MIT

/// Splits a command into words as a shell does, without expanding anything.
///
/// Blanks separate words. Single quotes keep everything, double quotes everything but `\"` and `\\`,
/// and a backslash keeps the next character. What a shell would do more with, such as `|`, `>` or
/// `$NAME`, is refused outside of quotes, because no shell is there to do it.
package func words(ofCommand command: String) throws(ProgramError) -> [String] {
  var words: [String] = []
  var word: String?
  var quote: Character?
  var characters = command.makeIterator()
  while let character = characters.next() {
    switch (character, quote) {
    case ("\\", let open) where open != "'":
      guard let next = characters.next() else {
        throw ProgramError(command, .syntax("ends with a backslash"))
      }
      let isKept = quote != nil && next != "\"" && next != "\\"
      word = (word ?? "") + (isKept ? "\\" : "") + String(next)
    case (let character, let open?) where character == open: quote = nil
    case ("'", nil), ("\"", nil):
      quote = character
      word = word ?? ""
    case (let blank, nil) where blank.isWhitespace:
      if let word { words.append(word) }
      word = nil
    case (let sign, nil) where "|&;<>()$`".contains(sign):
      throw ProgramError(
        command,
        .syntax(
          "has '\(sign)', which only a shell understands; quote it, or start a shell: exec:sh -c "
            + "'COMMAND'"))
    default: word = (word ?? "") + String(character)
    }
  }
  if let quote { throw ProgramError(command, .syntax("lacks the second \(quote)")) }
  if let word { words.append(word) }
  guard let first = words.first, !first.isEmpty else {
    throw ProgramError(command, .syntax("names no program"))
  }
  return words
}
