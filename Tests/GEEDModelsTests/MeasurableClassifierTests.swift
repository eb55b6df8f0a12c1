// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import Testing
#endif
