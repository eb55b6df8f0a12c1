// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// Makes elements on a thread of its own, a few ahead of the one who takes them.
///
/// Memory stays bounded: the maker waits while `depth` elements are ready. It stops when the
/// prefetcher goes away.
final class Prefetcher<Element: Sendable>: Sendable {
  private let shelf = Shelf<Element>()

  /// Starts to make elements.
  ///
  /// - Parameters:
  ///   - depth: How many elements may be ready at a time.
  ///   - state: What `make` starts from.
  ///   - make: Makes the next element. `nil`, or an error, is the last.
  init<State: Sendable>(
    depth: Int, from state: State, making make: @escaping @Sendable (inout State) throws -> Element?
  ) {
    for _ in 0..<depth { shelf.free.signal() }
    DispatchQueue(label: "geed.prefetch").async { [shelf] in
      var state = state
      while true {
        shelf.free.wait()
        guard !shelf.isCancelled.load(ordering: .relaxed) else { return }
        let element = Result { try make(&state) }
        shelf.elements.withLock { $0.append(element) }
        shelf.ready.signal()
        guard case .success(.some) = element else { return }
      }
    }
  }

  deinit {
    shelf.isCancelled.store(true, ordering: .relaxed)
    shelf.free.signal()
  }

  /// Takes the next element, waiting for it if need be; `nil` after the last one.
  ///
  /// Must not be called again after `nil` or an error.
  func next() throws -> Element? {
    shelf.ready.wait()
    let element = try shelf.elements.withLock { try $0.removeFirst().get() }
    shelf.free.signal()
    return element
  }
}

/// What the maker and the taker share.
private final class Shelf<Element: Sendable>: Sendable {
  let elements = Mutex<[Result<Element?, any Error>]>([])
  let isCancelled = Atomic<Bool>(false)
  // Both start at 0: a semaphore may not go away below the value it was made with.
  let free = DispatchSemaphore(value: 0)
  let ready = DispatchSemaphore(value: 0)
}
