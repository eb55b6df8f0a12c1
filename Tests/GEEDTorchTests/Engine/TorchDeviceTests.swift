// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

@Suite struct TorchDeviceTests {
  @Test(arguments: [
    ("cpu", TorchDevice.cpu), ("cuda", .cuda(0)), ("cuda:0", .cuda(0)), ("cuda:3", .cuda(3)),
    ("mps", .mps),
  ])
  func namesAreRead(name: String, device: TorchDevice) {
    #expect(TorchDevice(name) == device)
    #expect(TorchDevice(device.description) == device)
  }

  @Test(arguments: ["", "CPU", "cuda:", "cuda:-1", "cuda:x", "gpu", "cuda:99999999999999999999"])
  func otherNamesAreNone(name: String) {
    #expect(TorchDevice(name) == nil)
  }

  @Test func onlyWhatCanBeUsedIsAvailable() {
    #expect(TorchDevice.cpu.isAvailable)
    for device in [TorchDevice.cuda(0), .cuda(1), .mps] {
      let works = (try? TorchTensor.full(1, shape: [2], device: device).item(at: 1)) == 1
      #expect(device.isAvailable == works, "\(device)")
    }
    #expect(!TorchDevice.cuda(100).isAvailable)
    #expect(!TorchDevice.cuda(-1).isAvailable)
    #expect(!TorchDevice.cuda(.max).isAvailable)
  }
}

@Suite struct TorchEngineTests {
  @Test func theVersionIsThatOfLibtorch() {
    #expect(TorchEngine.version.wholeMatch(of: /\d+\.\d+\.\d+.*/) != nil)
  }

  @Test func threadCountsAreKept() {
    let before = TorchEngine.threadCount
    #expect(before > 0)
    TorchEngine.setThreadCount(before + 1)
    #expect(TorchEngine.threadCount == before + 1)
    TorchEngine.setThreadCount(before)
  }

  @Test func thereIsAtLeastOneThread() async {
    await #expect(processExitsWith: .failure) { TorchEngine.setThreadCount(0) }
  }
}

extension TorchTensor {
  fileprivate func item(at index: Int) throws -> Double { try doubles()[index] }
}
#endif
