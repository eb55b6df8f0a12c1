// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing

@Suite struct TorchErrorTests {
  private static func misfit() throws(TorchError) -> TorchTensor {
    let x = try TorchTensor.full(1, shape: [2, 4, 5, 5])
    return try x.conv2d(weight: .full(1, shape: [3, 2, 3, 3]))
  }

  @Test func wrongShapesThrowWhatLibtorchSays() throws {
    let error = #expect(throws: TorchError.self) { try Self.misfit() }
    #expect(error?.operation == "conv2d")
    #expect(
      error?.message.contains("to have 2 channels, but got 4 channels instead") == true,
      "\(String(describing: error))")
    #expect(error?.description.hasPrefix("libtorch could not run conv2d: Given groups=1") == true)
    // The trace of C++ functions is of no use to anyone here.
    #expect(error?.message.contains(".so") == false)
  }

  @Test func theProcessStaysUsable() throws {
    #expect(throws: TorchError.self) { try Self.misfit() }
    let x = try TorchTensor.full(2, shape: [1, 2, 3, 3])
    let y = try x.conv2d(weight: .full(1, shape: [1, 2, 3, 3]))
    #expect(try y.item() == 36)
  }

  @Test func errorsAreTyped() {
    do throws(TorchError) {
      _ = try TorchTensor([1, 2] as [Float], shape: [3])
      Issue.record("Expected an error.")
    } catch {
      #expect(error.message == "expected 12 bytes, but got 8")
    }
  }

  @Test(.enabled("there is no such device here", { !TorchDevice.cuda(0).isAvailable }))
  func missingDevicesThrow() {
    #expect(throws: TorchError.self) { try TorchTensor.full(1, shape: [2], device: .cuda(0)) }
    #expect(throws: TorchError.self) {
      try TorchTensor([1] as [Float], shape: [1], device: .cuda(0))
    }
    #expect(throws: TorchError.self) { try TorchTensor.full(1, shape: [2]).moved(to: .cuda(0)) }
    #expect(throws: TorchError.self) { try TorchGenerator(seed: 0, device: .cuda(0)) }
    #expect(throws: TorchError.self) {
      let store = try ParameterStore(seed: 0, device: .cuda(0))
      _ = try Linear(2, 2, parameters: store.root)
    }
  }

  /// Device numbers have one byte in libtorch: 256 must not become 0.
  @Test(arguments: [256, 300, Int.max])
  func deviceNumbersAreNotCut(index: Int) {
    let error = #expect(throws: TorchError.self) {
      try TorchTensor.full(1, shape: [2], device: .cuda(index))
    }
    #expect(error?.message.contains("there is no device number") == true)
  }

  /// A leak of the messages alone, of 150 bytes each, would be 3 MB.
  @Test(.enabled("resident memory is read from /proc", { ResidentMemory.isKnown }))
  func thousandsOfErrorsLeakNothing() async {
    await #expect(processExitsWith: .success) {
      func throwSome(_ count: Int) {
        for _ in 0..<count {
          do throws(TorchError) {
            _ = try TorchErrorTests.misfit()
            preconditionFailure("Expected an error.")
          } catch {}
        }
      }
      throwSome(2_000)
      let before = ResidentMemory.bytes()
      throwSome(20_000)
      let growth = ResidentMemory.bytes() - before
      precondition(growth < 1_000_000, "Memory grew by \(growth) bytes.")
    }
  }
}
#endif
