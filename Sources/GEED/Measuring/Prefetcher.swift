// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// A producer that makes elements on a separate thread, a few in advance of the consumer: it waits
/// while `depth` elements are ready, and has stopped when the prefetcher has been destroyed.
package final class Prefetcher<Element: Sendable>: Sendable {
  private let shelf = Shelf<Element>()

  package init<State: Sendable>(
    depth: Int, from state: State, making make: @escaping @Sendable (inout State) throws -> Element?
  ) {
    for _ in 0..<depth { shelf.free.signal() }
    DispatchQueue(label: "geed.prefetch").async { [shelf] in
      shelf.fill(from: state, making: make)
      shelf.isDone.signal()
    }
  }

  /// Waits until the producer has stopped, so that nothing that it uses is in use any more.
  deinit {
    shelf.isCancelled.store(true, ordering: .relaxed)
    shelf.free.signal()
    shelf.isDone.wait()
  }

  /// Returns the next element, and waits for it if necessary; `nil` after the last one.
  package func next() throws -> Element? {
    shelf.ready.wait()
    let element = try shelf.elements.withLock { try $0.removeFirst().get() }
    shelf.free.signal()
    return element
  }
}

/// The state that the producer and the consumer share.
private final class Shelf<Element: Sendable>: Sendable {
  let elements = Mutex<[Result<Element?, any Error>]>([])
  let isCancelled = Atomic<Bool>(false)
  // All start at 0: a semaphore must not be destroyed with a value below its initial one.
  let free = DispatchSemaphore(value: 0)
  let ready = DispatchSemaphore(value: 0)
  let isDone = DispatchSemaphore(value: 0)

  /// Makes elements until the sequence ends or the consumer is destroyed.
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
