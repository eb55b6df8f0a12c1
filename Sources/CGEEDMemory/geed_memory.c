// SPDX-License-Identifier: MIT

#include "geed_memory.h"
