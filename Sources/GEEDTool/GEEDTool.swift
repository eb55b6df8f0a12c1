// SPDX-License-Identifier: MIT

import GEEDCommand

/// The executable `geed`.
@main
enum GEEDTool {
  static func main() {
    Geed.main()
  }
}
