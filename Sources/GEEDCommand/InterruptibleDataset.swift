// SPDX-License-Identifier: MIT

import GEED

/// A data set whose examples can no longer be read once a signal was received, so that writing a
/// file of them is abandoned and no partial file remains.
struct InterruptibleDataset: Dataset {
  let base: any Dataset

  /// Wraps a data set and starts to catch signals.
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
