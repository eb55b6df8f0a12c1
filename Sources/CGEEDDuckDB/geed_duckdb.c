// SPDX-License-Identifier: MIT
// The functions and numbers are those of DuckDB's C interface (duckdb.h), which are the same from
// version 1.0 on.

#include "geed_duckdb.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { TYPE_BIGINT = 5, TYPE_VARCHAR = 17, TYPE_BLOB = 18, GREATEST_COLUMN_COUNT = 8 };

/* duckdb_result */
typedef struct result {
  uint64_t counts[3];
  void *columns;
  char *message;
  void *data;
} result;

/* duckdb_string_t: short texts are in place. */
typedef union text {
  struct {
    uint32_t count;
    char beginning[4];
    const uint8_t *bytes;
  } pointer;
  struct {
    uint32_t count;
    uint8_t bytes[12];
  } inlined;
} text;

/* The functions of the library; `library` is null where it is not installed or lacks one. */
static struct {
  void *library;
  int (*open)(const char *path, void **database);
  int (*connect)(void *database, void **connection);
  int (*query)(void *connection, const char *query, result *result);
  int (*prepare)(void *connection, const char *query, void **statement);
  const char *(*prepare_error)(void *statement);
  int (*pend)(void *statement, void **pending);
  const char *(*pending_error)(void *pending);
  int (*execute)(void *pending, result *result);
  const char *(*result_error)(result *result);
  uint64_t (*column_count)(result *result);
  int (*column_type)(result *result, uint64_t column);
  void *(*fetch)(result result);
  uint64_t (*chunk_size)(void *chunk);
  void *(*chunk_column)(void *chunk, uint64_t column);
  void *(*values)(void *column);
  uint64_t *(*validity)(void *column);
  void (*free_chunk)(void **chunk);
  void (*free_result)(result *result);
  void (*free_pending)(void **pending);
  void (*free_statement)(void **statement);
  void (*disconnect)(void **connection);
  void (*close)(void **database);
} duckdb;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char load_message[GEED_DUCKDB_MESSAGE_SIZE];

static geed_duckdb_status say(char *message, const char *text) {
  snprintf(message, GEED_DUCKDB_MESSAGE_SIZE, "%s", text ? text : "DuckDB gives no reason");
  return GEED_DUCKDB_FAILED;
}

// MARK: - Loading

static bool find_all(void) {
  const struct {
    const char *name;
    void *function;
  } functions[] = {
      {"duckdb_open", &duckdb.open},
      {"duckdb_connect", &duckdb.connect},
      {"duckdb_query", &duckdb.query},
      {"duckdb_prepare", &duckdb.prepare},
      {"duckdb_prepare_error", &duckdb.prepare_error},
      {"duckdb_pending_prepared_streaming", &duckdb.pend},
      {"duckdb_pending_error", &duckdb.pending_error},
      {"duckdb_execute_pending", &duckdb.execute},
      {"duckdb_result_error", &duckdb.result_error},
      {"duckdb_column_count", &duckdb.column_count},
      {"duckdb_column_type", &duckdb.column_type},
      {"duckdb_fetch_chunk", &duckdb.fetch},
      {"duckdb_data_chunk_get_size", &duckdb.chunk_size},
      {"duckdb_data_chunk_get_vector", &duckdb.chunk_column},
      {"duckdb_vector_get_data", &duckdb.values},
      {"duckdb_vector_get_validity", &duckdb.validity},
      {"duckdb_destroy_data_chunk", &duckdb.free_chunk},
      {"duckdb_destroy_result", &duckdb.free_result},
      {"duckdb_destroy_pending", &duckdb.free_pending},
      {"duckdb_destroy_prepare", &duckdb.free_statement},
      {"duckdb_disconnect", &duckdb.disconnect},
      {"duckdb_close", &duckdb.close},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *address = dlsym(duckdb.library, functions[i].name);
    if (!address) {
      snprintf(load_message, sizeof load_message, "the installed DuckDB lacks the function %s",
               functions[i].name);
      return false;
    }
    memcpy(functions[i].function, &address, sizeof address);
  }
  return true;
}

/* Loads the library on the first call, with `lock` held. */
static bool load(const char *path) {
  static bool is_tried = false;
  if (is_tried) return duckdb.library;
  is_tried = true;
  const char *usual[] = {"libduckdb.so", "/usr/local/lib/libduckdb.so", "libduckdb.dylib",
                         "/opt/homebrew/lib/libduckdb.dylib", "/usr/local/lib/libduckdb.dylib"};
  if (path) {
    duckdb.library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    if (!duckdb.library) {
      const char *reason = dlerror();
      snprintf(load_message, sizeof load_message, "DuckDB at GEED_DUCKDB cannot be loaded: %s",
               reason ? reason : path);
      return false;
    }
  }
  for (size_t i = 0; i < sizeof usual / sizeof *usual && !duckdb.library; i++) {
    duckdb.library = dlopen(usual[i], RTLD_LAZY | RTLD_LOCAL);
  }
  if (!duckdb.library) {
    say(load_message,
        "this needs the library libduckdb, which is not installed (macOS: brew install duckdb; "
        "otherwise set GEED_DUCKDB to the file libduckdb.so of a release of DuckDB; or write the "
        "images to a folder, with Python's pandas: for i, x in enumerate(pandas.read_parquet(file)"
        "['image']): open(f'images/{i}.png', 'wb').write(x['bytes']))");
    return false;
  }
  if (!find_all()) duckdb.library = NULL;
  return duckdb.library;
}

// MARK: - Queries

/* Visits the rows of one chunk; returns whether to go on. */
static bool visit_chunk(void *chunk, const char *kinds, void *context, geed_duckdb_visit visit) {
  size_t column_count = strlen(kinds);
  const void *values[GREATEST_COLUMN_COUNT];
  const uint64_t *validity[GREATEST_COLUMN_COUNT];
  for (size_t i = 0; i < column_count; i++) {
    void *column = duckdb.chunk_column(chunk, i);
    values[i] = duckdb.values(column);
    validity[i] = duckdb.validity(column);
  }
  uint64_t row_count = duckdb.chunk_size(chunk);
  for (uint64_t row = 0; row < row_count; row++) {
    geed_duckdb_value result[GREATEST_COLUMN_COUNT] = {0};
    for (size_t i = 0; i < column_count; i++) {
      geed_duckdb_value *value = &result[i];
      value->is_null = validity[i] && !(validity[i][row / 64] >> (row % 64) & 1);
      if (value->is_null) continue;
      if (kinds[i] == 'n') {
        value->number = ((const int64_t *)values[i])[row];
      } else {
        const text *text = &((const union text *)values[i])[row];
        value->count = text->inlined.count;
        value->bytes = value->count <= 12 ? text->inlined.bytes : text->pointer.bytes;
      }
    }
    if (!visit(context, result)) return false;
  }
  return true;
}

static geed_duckdb_status visit_all(result *rows, const char *kinds, void *context,
                                    geed_duckdb_visit visit, char *message) {
  size_t column_count = strlen(kinds);
  bool is_expected =
      column_count <= GREATEST_COLUMN_COUNT && duckdb.column_count(rows) == column_count;
  for (size_t i = 0; is_expected && i < column_count; i++) {
    int type = duckdb.column_type(rows, i);
    is_expected = kinds[i] == 'n' ? type == TYPE_BIGINT : type == TYPE_VARCHAR || type == TYPE_BLOB;
  }
  if (!is_expected) return say(message, "its columns have other types than expected");
  bool goes_on = true;
  void *chunk;
  while (goes_on && (chunk = duckdb.fetch(*rows))) {
    goes_on = visit_chunk(chunk, kinds, context, visit);
    duckdb.free_chunk(&chunk);
  }
  const char *error = goes_on ? duckdb.result_error(rows) : NULL;
  return error && *error ? say(message, error) : GEED_DUCKDB_OK;
}

static geed_duckdb_status run(void *connection, const char *query, const char *kinds, void *context,
                              geed_duckdb_visit visit, char *message) {
  // One thread keeps the order of rows and reads one part of a file at a time; nothing is
  // downloaded.
  const char *settings[] = {"SET threads = 1", "SET autoinstall_known_extensions = false",
                            "SET enable_progress_bar = false"};
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
    result ignored = {0};
    int status = duckdb.query(connection, settings[i], &ignored);
    if (status) say(message, duckdb.result_error(&ignored));
    duckdb.free_result(&ignored);
    if (status) return GEED_DUCKDB_FAILED;
  }
  void *statement = NULL, *pending = NULL;
  result rows = {0};
  geed_duckdb_status status = GEED_DUCKDB_FAILED;
  if (duckdb.prepare(connection, query, &statement)) {
    say(message, duckdb.prepare_error(statement));
  } else if (duckdb.pend(statement, &pending)) {
    say(message, duckdb.pending_error(pending));
  } else if (duckdb.execute(pending, &rows)) {
    say(message, duckdb.result_error(&rows));
  } else {
    status = visit_all(&rows, kinds, context, visit, message);
  }
  duckdb.free_result(&rows);
  duckdb.free_pending(&pending);
  duckdb.free_statement(&statement);
  return status;
}

geed_duckdb_status geed_duckdb_query(const char *library, const char *query, const char *kinds,
                                     void *context, geed_duckdb_visit visit, char *message) {
  pthread_mutex_lock(&lock);
  bool is_loaded = load(library);
  pthread_mutex_unlock(&lock);
  if (!is_loaded) return say(message, load_message);
  void *database = NULL, *connection = NULL;
  geed_duckdb_status status = GEED_DUCKDB_FAILED;
  if (duckdb.open(NULL, &database) || duckdb.connect(database, &connection)) {
    say(message, "DuckDB cannot open a database in memory");
  } else {
    status = run(connection, query, kinds, context, visit, message);
  }
  if (connection) duckdb.disconnect(&connection);
  if (database) duckdb.close(&database);
  return status;
}
