/* Programs that are run for a container: of the host's while its file system is made, before it is the process's root, and
 * of its own before its program. */
#include "kernel.h"
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

struct hook
{
  const char *path, *before, *after;
  char **arguments, **environment;
  uint64_t timeout; /* seconds, 0 for none */
};

/* What it is told of the container: the text around this process's number, as the host's /proc has it. */
static int tell (const struct hook *hook, struct error *err)
{
  char self[32], state[2048];
  ssize_t length = readlink ("/proc/self", self, sizeof self - 1);
  self[length < 0 ? 0 : length] = 0;
  int size = snprintf (state, sizeof state, "%s%s%s", hook->before, length < 0 ? "0" : self, hook->after);
  int ends[2];
  if (size < 0 || (size_t)size >= sizeof state || pipe2 (ends, O_CLOEXEC) < 0)
    return fail (err, errno, "hook %s", hook->path);
  /* Far less than a pipe holds. */
  ssize_t written = write (ends[1], state, (size_t)size);
  close (ends[1]);
  if (written == size)
    return ends[0];
  close (ends[0]);
  return fail (err, EIO, "hook %s", hook->path);
}

static _Noreturn void run_hook (const struct hook *hook, int input, int output)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  dup2 (input, 0);
  dup2 (output, 1);
  dup2 (output, 2);
  sys_close_range (3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
  sigset_t none;
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  execve (hook->path, hook->arguments, hook->environment);
  dprintf (2, "%s", strerror (errno));
  _exit (127);
}

static int milliseconds_left (const struct timespec *end)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  long long left = (end->tv_sec - now.tv_sec) * 1000LL + (end->tv_nsec - now.tv_nsec) / 1000000;
  return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* Keeps the beginning of what it says until it says no more; false when its time was over. */
static bool listen_to (const struct hook *hook, int output, char *text, size_t size)
{
  struct timespec end;
  size_t length = 0;
  clock_gettime (CLOCK_MONOTONIC, &end);
  end.tv_sec += (time_t)hook->timeout;
  text[0] = 0;
  for (;;)
    {
      char more[512];
      struct pollfd ready = { .fd = output, .events = POLLIN };
      int count = poll (&ready, 1, hook->timeout ? milliseconds_left (&end) : -1);
      if (count == 0)
        return false;
      ssize_t got = count < 0 ? -1 : read (output, more, sizeof more);
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return true;
      size_t kept = (size_t)got < size - 1 - length ? (size_t)got : size - 1 - length;
      memcpy (text + length, more, kept);
      length += kept;
      text[length] = 0;
    }
}

static int await_hook (const struct hook *hook, pid_t pid, int output, struct error *err)
{
  char said[120];
  int status;
  bool ended = listen_to (hook, output, said, sizeof said);
  if (!ended)
    kill (pid, SIGKILL);
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (!ended)
    return fail_plain (err, EINVAL, "hook %.90s did not end within %llu seconds", hook->path,
                       (unsigned long long)hook->timeout);
  said[strcspn (said, "\n")] = 0;
  if (WIFSIGNALED (status))
    return fail_plain (err, EINVAL, "hook %.90s was killed by signal %d", hook->path, WTERMSIG (status));
  if (WEXITSTATUS (status) == 0)
    return 0;
  return fail_plain (err, EINVAL, "hook %.90s failed with exit code %d: %s", hook->path, WEXITSTATUS (status), said);
}

int hook_operation (struct cursor *f, struct error *err)
{
  struct hook hook = { .path = take_text (f) };
  cleanup_free char **arguments = take_texts (f);
  cleanup_free char **environment = take_texts (f);
  hook.arguments = arguments;
  hook.environment = environment;
  hook.before = take_text (f);
  hook.after = take_text (f);
  hook.timeout = take_number (f);
  if (f->bad || !arguments || !environment)
    return fail_plain (err, EINVAL, "the plan's hook is cut short");
  cleanup_close int input = tell (&hook, err);
  int ends[2];
  if (input < 0)
    return -1;
  if (pipe2 (ends, O_CLOEXEC) < 0)
    return fail (err, errno, "hook %s", hook.path);
  cleanup_close int output = ends[0];
  cleanup_close int theirs = ends[1];
  pid_t pid = fork ();
  if (pid < 0)
    return fail (err, errno, "hook %s", hook.path);
  if (pid == 0)
    run_hook (&hook, input, theirs);
  close_fd (&theirs);
  return await_hook (&hook, pid, output, err);
}
