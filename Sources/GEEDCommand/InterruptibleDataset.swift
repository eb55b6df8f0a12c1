// SPDX-License-Identifier: MIT

import GEED

/// A data set whose examples can no longer be read once a signal was received, so that writing a
/// file of them is abandoned and no partial file remains.
struct InterruptibleDataset: DatasetWrapper {
  let base: any Dataset

  /// Wraps a data set and starts to catch signals.
  init(_ base: any Dataset) {
    self.base = base
    Interruption.watch()
  }

  func example(at index: Int) throws -> Tensor {
    if Interruption.wasRequested { throw Interruption.NothingWritten() }
    return try base.example(at: index)
  }
}
