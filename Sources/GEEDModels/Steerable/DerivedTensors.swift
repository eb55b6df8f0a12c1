// SPDX-License-Identifier: MIT

import GEEDTorch
import Synchronization

/// Remembers tensors that are made of parameters alone until a parameter changes.
///
/// Why a class? Networks are values whose copies share their parameters, and what is derived from them
/// with them. It holds nothing that cannot be made again.
final class DerivedTensors: Sendable {
  private struct Entry {
    let versions: [Int]
    let tensors: [TorchTensor]
  }

  private let state = Mutex<Entry?>(nil)

  /// What `make` makes of `sources`; made anew only if one of them was changed in place.
  ///
  /// Nothing is recorded for differentiation.
  func tensors(
    of sources: [TorchTensor], make: () throws(TorchError) -> [TorchTensor]
  ) throws(TorchError) -> [TorchTensor] {
    let versions = sources.map(\.version)
    if let entry = state.withLock({ $0 }), entry.versions == versions { return entry.tensors }
    let made = Entry(versions: versions, tensors: try withoutGradients(make))
    state.withLock { $0 = made }
    return made.tensors
  }
}
