// SPDX-License-Identifier: MIT
// The setup of a process's descriptors and signals, and signal handling that is only possible in C.

#ifndef GEED_PROCESS_H
#define GEED_PROCESS_H

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

#endif
