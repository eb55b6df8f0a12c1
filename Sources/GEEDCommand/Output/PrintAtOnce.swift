// SPDX-License-Identifier: MIT

import Foundation

/// Prints a line at once, so that who watches a pipe or a log sees how far the run is.
func printAtOnce(_ text: String) {
  FileHandle.standardOutput.write(Data("\(text)\n".utf8))
}
