// gif_lib.h uses size_t without declaring it.
#include <stddef.h>
#include <gif_lib.h>
