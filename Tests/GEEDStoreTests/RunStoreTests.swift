// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDStore

@Suite struct RunStoreTests {
}
