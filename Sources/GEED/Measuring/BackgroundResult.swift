// SPDX-License-Identifier: MIT

import Dispatch
import Synchronization

/// The result of a function that runs on a thread of its own while others work.
package final class BackgroundResult<Success: Sendable>: Sendable {
  private let state = State<Success>()

  /// Starts the function.
  package init(_ body: @escaping @Sendable () throws -> Success) {
    DispatchQueue(label: "geed.background").async { [state] in
      let result = Result { try body() }
      state.result.withLock { $0 = result }
      state.isDone.leave()
    }
  }

  /// Waits until the function has returned, so that nothing that it uses is in use any more.
  deinit { state.isDone.wait() }

  /// Waits for the function, and returns or throws what it did.
  package func get() throws -> Success {
    state.isDone.wait()
    guard let result = state.result.withLock(\.self) else {
      preconditionFailure("Expected a result of a function that has returned.")
    }
    return try result.get()
  }
}

private final class State<Success: Sendable>: Sendable {
  let result = Mutex<Result<Success, any Error>?>(nil)
  let isDone = DispatchGroup()

  init() { isDone.enter() }
}
