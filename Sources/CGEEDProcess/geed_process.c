// SPDX-License-Identifier: MIT

#include "geed_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static const int endings[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};
enum { ending_count = sizeof endings / sizeof *endings };

/* Lock-free, and therefore safe in a signal handler. */
static atomic_int first_signal;

static void ignore(int signal) { (void)signal; }

/* Installs a handler, which programs started by this process do not inherit. */
static void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, NULL);
}

static void unblock(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/* Ends the process by `signal`, or by an exit in the first process of a container, which the
 * signal does not end. */
static _Noreturn void end_by(int signal) {
  geed_process_kill_programs();
  handle(signal, SIG_DFL);
  unblock(signal);
  raise(signal);
  _exit(128 + signal);
}

static void remember(int signal) {
  int none = 0;
  int saved_errno = errno;
  if (!atomic_compare_exchange_strong(&first_signal, &none, signal)) end_by(signal);
  errno = saved_errno;
}

void geed_process_prepare(void) {
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    /* With the opposite access mode, so that reading or writing fails. The lowest free descriptor
     * is this one. */
    open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
  }
  handle(SIGPIPE, ignore);
  handle(SIGXFSZ, ignore);
  for (int index = 0; index < ending_count; index++) unblock(endings[index]);
}

void geed_process_watch(void) {
  for (int index = 0; index < ending_count; index++) {
    struct sigaction current;
    if (sigaction(endings[index], NULL, &current) == 0 && current.sa_handler != SIG_IGN)
      handle(endings[index], remember);
  }
}

int geed_process_signal(void) { return atomic_load(&first_signal); }

void geed_process_request(int signal) {
  int none = 0;
  atomic_compare_exchange_strong(&first_signal, &none, signal);
}

void geed_process_end_of_pipe(void) { end_by(SIGPIPE); }
