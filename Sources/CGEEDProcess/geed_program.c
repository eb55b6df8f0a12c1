// SPDX-License-Identifier: MIT

#ifdef __linux__
#define _GNU_SOURCE
#endif

#include "geed_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* The programs that run: atomic, because a signal handler reads them. */
enum { slot_count = 64 };
static atomic_int programs[slot_count];

static void replace(int before, int after) {
  for (int slot = 0; slot < slot_count; slot++) {
    int expected = before;
    if (atomic_compare_exchange_strong(&programs[slot], &expected, after)) return;
  }
}

static int make_pipe(int ends[2]) {
#ifdef __linux__
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  /* As large as the system allows without privileges; a smaller one works as well. */
  fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
#else
  if (pipe(ends) != 0) return errno;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
  return 0;
}

static int spawn(char *const *words, pid_t *program, const int descriptors[3]) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int failure = posix_spawn_file_actions_init(&actions);
  if (failure != 0) return failure;
  failure = posix_spawnattr_init(&attributes);
  if (failure != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return failure;
  }
  for (int number = 0; number < 3; number++)
    posix_spawn_file_actions_adddup2(&actions, descriptors[number], number);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  failure = posix_spawnp(program, words[0], &actions, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

int geed_process_start(char *const *words, pid_t *program, geed_pipes *pipes) {
  int ends[3][2];
  int count = 0, failure = 0;
  while (count < 3 && failure == 0) {
    failure = make_pipe(ends[count]);
    if (failure == 0) count++;
  }
  if (failure == 0) {
    const int descriptors[3] = {ends[0][0], ends[1][1], ends[2][1]};
    failure = spawn(words, program, descriptors);
  }
  /* The program has its own copies of its ends. */
  for (int index = 0; index < count; index++) {
    close(ends[index][index == 0 ? 0 : 1]);
    if (failure != 0) close(ends[index][index == 0 ? 1 : 0]);
  }
  if (failure != 0) return failure;
  replace(0, *program);
  *pipes = (geed_pipes){.input = ends[0][1], .output = ends[1][0], .error = ends[2][0]};
  fcntl(pipes->input, F_SETFL, O_NONBLOCK);
  fcntl(pipes->output, F_SETFL, O_NONBLOCK);
  return 0;
}

int geed_process_wait(pid_t program, int milliseconds, int *status) {
  for (int waited = 0;; waited += 5) {
    siginfo_t info = {.si_pid = 0};
    /* It keeps its number until it is reaped, so that the signal reaches no other group. */
    if (waitid(P_PID, (id_t)program, &info, WEXITED | WNOWAIT | WNOHANG) == 0 && info.si_pid != 0) {
      geed_process_send(program, SIGKILL);
      while (waitpid(program, status, 0) < 0 && errno == EINTR) continue;
      replace(program, 0);
      return 1;
    }
    if (waited >= milliseconds) return 0;
    const struct timespec pause = {.tv_nsec = 5000000};
    nanosleep(&pause, NULL);
  }
}

void geed_process_send(pid_t program, int signal) { kill(-program, signal); }

void geed_process_kill_programs(void) {
  for (int slot = 0; slot < slot_count; slot++) {
    int program = atomic_load(&programs[slot]);
    if (program > 0) kill(-program, SIGKILL);
  }
}
