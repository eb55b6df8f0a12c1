// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// The layout of a tensor: `tensor=nchw`, `tensor=nhwc`, `tensor=tokens:14x14+1` or
/// `tensor=vector`.
struct LayoutOption: ExpressibleByArgument {
  let pattern: String
  let layout: OutputLayout

  init?(argument: String) {
    // Names may contain '='; layouts do not.
    guard let separator = argument.lastIndex(of: "="), separator > argument.startIndex,
      let layout = OutputLayout(String(argument[argument.index(after: separator)...]))
    else { return nil }
    self.pattern = String(argument[..<separator])
    self.layout = layout
  }
}
