// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// Makes elements on a thread of its own, a few ahead of the one who takes them.
///
/// Memory stays bounded: the maker waits while `depth` elements are ready. It has stopped when the
/// prefetcher is gone.
package final class Prefetcher<Element: Sendable>: Sendable {
  private let shelf = Shelf<Element>()

  /// Starts to make elements.
  ///
  /// - Parameters:
  ///   - depth: How many elements may be ready at a time.
  ///   - state: What `make` starts from.
  ///   - make: Makes the next element. `nil`, or an error, is the last.
  package init<State: Sendable>(
    depth: Int, from state: State, making make: @escaping @Sendable (inout State) throws -> Element?
  ) {
    for _ in 0..<depth { shelf.free.signal() }
    DispatchQueue(label: "geed.prefetch").async { [shelf] in
      shelf.fill(from: state, making: make)
      shelf.isDone.signal()
    }
  }

  /// Stops the maker, and waits until it has: nothing of what it uses is at work any more.
  deinit {
    shelf.isCancelled.store(true, ordering: .relaxed)
    shelf.free.signal()
    shelf.isDone.wait()
  }

  /// Takes the next element, waiting for it if need be; `nil` after the last one.
  ///
  /// Must not be called again after `nil` or an error.
  package func next() throws -> Element? {
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
  // All start at 0: a semaphore may not go away below the value it was made with.
  let free = DispatchSemaphore(value: 0)
  let ready = DispatchSemaphore(value: 0)
  let isDone = DispatchSemaphore(value: 0)

  /// Makes elements until there are no more, or nobody wants them.
  func fill<State>(from state: State, making make: (inout State) throws -> Element?) {
    var state = state
    while true {
      free.wait()
      guard !isCancelled.load(ordering: .relaxed) else { return }
      let element = Result { try make(&state) }
      elements.withLock { $0.append(element) }
      ready.signal()
      guard case .success(.some) = element else { return }
    }
  }
}
