// SPDX-License-Identifier: MIT
// Queries of Parquet files through DuckDB, where it is installed. The library is loaded by the
// first query.

#ifndef GEED_DUCKDB_H
#define GEED_DUCKDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The size of a message buffer, including the terminating zero. */
#define GEED_DUCKDB_MESSAGE_SIZE 512

/* GEED_DUCKDB_OK, or GEED_DUCKDB_FAILED; `message` then holds the reason. */
typedef enum geed_duckdb_status { GEED_DUCKDB_OK = 0, GEED_DUCKDB_FAILED = 1 } geed_duckdb_status;

/* One value of a row. The bytes are valid until the visit returns. */
typedef struct geed_duckdb_value {
  bool is_null;
  const uint8_t *bytes; /* of a text or of binary data */
  size_t count;
  int64_t number;
} geed_duckdb_value;

/* Takes one row; returns whether to go on. */
typedef bool (*geed_duckdb_visit)(void *context, const geed_duckdb_value *row);

/* Runs a query in a new empty database with one thread, and visits the rows in their order, without
 * holding all of them. `kinds` has a letter for each column: 'b' for text or binary data, 'n' for
 * BIGINT. `library` is the file of DuckDB, or null for the usual places; only that of the first
 * call counts. May be called on several threads at once. */
geed_duckdb_status geed_duckdb_query(const char *library, const char *query, const char *kinds,
                                     void *context, geed_duckdb_visit visit, char *message);

#endif
