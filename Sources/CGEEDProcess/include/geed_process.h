// SPDX-License-Identifier: MIT
// What a process has to settle with the system, and what only C can do in a signal handler.

#ifndef GEED_PROCESS_H
#define GEED_PROCESS_H

/* Prepares the process; to be called first of all.
 *
 * Descriptors 0 to 2 that are closed are opened so that every use of them fails: no file that is
 * opened later gets their number. Writing to a pipe without a reader, or beyond the limit of file
 * sizes, becomes an error of that write. Signals that end a process are let through. */
void geed_process_prepare(void);

/* Catches SIGINT, SIGTERM, SIGHUP and SIGXCPU, unless they are ignored.
 *
 * The first one is remembered, a second one ends the process at once. */
void geed_process_watch(void);

/* The signal that was caught first, or that was asked for; 0 for none. */
int geed_process_signal(void);

/* Acts as if `signal` had been caught, unless one was. */
void geed_process_request(int signal);

/* Ends the process by SIGPIPE, as the system does by default. */
_Noreturn void geed_process_end_of_pipe(void);

#endif
