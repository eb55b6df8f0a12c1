#include "geed_image.h"
