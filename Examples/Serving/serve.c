// SPDX-License-Identifier: MIT
// Serves a model to geed, which starts this program:
//
//     cc -O2 serve.c -o serve
//     geed measure exec:./serve --data glyphs --group C4 --latent sums
//
// The model: the sums of every row and column of a grey image.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t count) {
  void *numbers = calloc(count, sizeof(float));
  if (numbers == NULL) exit(1);
  return numbers;
}

int main(void) {
  char line[65536];
  printf("{\"geed\": 1, \"name\": \"marginal sums\", \"input\": [1, null, null]}\n");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    size_t rows, height, width;
    const char *shape = strstr(line, "\"shape\":[");
    if (shape == NULL || sscanf(shape, "\"shape\":[%zu,1,%zu,%zu]", &rows, &height, &width) != 3) {
      fprintf(stderr, "This is no batch of grey images: %s", line);
      return 1;
    }
    size_t pixels = rows * height * width, length = height + width;
    float *batch = allocate(pixels), *sums = allocate(rows * length);
    if (fread(batch, sizeof(float), pixels, stdin) != pixels) return 1;
    for (size_t index = 0; index < pixels; index++) {
      float *row = sums + index / (height * width) * length;
      row[index / width % height] += batch[index];
      row[height + index % width] += batch[index];
    }
    printf("{\"outputs\": [{\"name\": \"sums\", \"shape\": [%zu, %zu]}]}\n", rows, length);
    fwrite(sums, sizeof(float), rows * length, stdout);
    printf("end\n");
    fflush(stdout);
    free(batch);
    free(sums);
  }
  return 0;
}
