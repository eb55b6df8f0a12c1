// SPDX-License-Identifier: MIT

import GEED

/// A data set whose examples cannot be read any more once a signal has come, so that a file that is
/// made of them is given up, and no part of it stays.
struct InterruptibleDataset: Dataset {
  let base: any Dataset

  /// Starts to catch signals.
  init(_ base: any Dataset) {
    self.base = base
    Interruption.watch()
  }

  var name: String { base.name }
  var count: Int { base.count }
  var exampleShape: [Int] { base.exampleShape }
  func label(at index: Int) -> Int? { base.label(at: index) }
  func exampleName(at index: Int) -> String? { base.exampleName(at: index) }

  func example(at index: Int) throws -> Tensor {
    if Interruption.wasRequested { throw Interruption.NothingWritten() }
    return try base.example(at: index)
  }
}
