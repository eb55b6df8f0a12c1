/* SPDX-License-Identifier: MIT */
/* Nothing to see from Swift: libtorch's headers are C++. This module only carries the flags that
 * libtorch.pc gives to compiler and linker. */
