// SPDX-License-Identifier: MIT

import GEEDCommand

/// The executable `geed`.
@main
enum GEEDTool {
  static func main() {
    TorchPart.replaceProcess(ifNeededFor: Array(CommandLine.arguments.dropFirst()))
    Geed.main()
  }
}
