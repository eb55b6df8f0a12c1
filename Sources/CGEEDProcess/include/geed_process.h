// SPDX-License-Identifier: MIT
// The setup of a process's descriptors and signals, signal handling that is only possible in C, and
// programs that this process starts.

#ifndef GEED_PROCESS_H
#define GEED_PROCESS_H

#include <sys/types.h>

/* Prepares the process. Call this before anything else.
 *
 * Closed descriptors among 0 to 2 are opened so that every use of them fails: no file that is
 * opened later receives their number. Writing to a pipe without a reader, or beyond the file size
 * limit, becomes an error of that write. Signals that end a process are unblocked. */
void geed_process_prepare(void);

/* Catches SIGINT, SIGTERM, SIGHUP and SIGXCPU, unless they are ignored.
 *
 * The first signal is recorded; a second one ends the process immediately. */
void geed_process_watch(void);

/* Returns the first signal that was caught or requested, or 0 if there was none. */
int geed_process_signal(void);

/* Acts as if `signal` had been caught, unless one was. */
void geed_process_request(int signal);

/* Ends the process by SIGPIPE, as the system does by default. */
_Noreturn void geed_process_end_of_pipe(void);

/* The pipes that lead to a program's standard input, and from its standard output and error. */
typedef struct geed_pipes {
  int input, output, error;
} geed_pipes;

/* Starts a program, found in PATH as a shell finds it, in a process group of its own, with the default
 * reaction to signals. No other program inherits the pipes. `words` ends with a null pointer.
 * Returns 0, or the number of the system's error; then nothing was started. */
int geed_process_start(char *const *words, pid_t *program, geed_pipes *pipes);

/* Waits until a program that was started has ended, for at most `milliseconds`. Then its group is
 * killed as well, so that nothing of it remains, and `status` is that of waitpid().
 * Returns 1 if it has ended, after which the program must not be named again, or 0 if it still runs. */
int geed_process_wait(pid_t program, int milliseconds, int *status);

/* Sends a signal to the group of a program that has not been waited for. */
void geed_process_send(pid_t program, int signal);

/* Kills the groups of all programs that have not been waited for. The process does so itself when a
 * signal ends it. */
void geed_process_kill_programs(void);

#endif
