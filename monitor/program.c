/* The last step: from a prepared process to the program. */
#include "kernel.h"
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <termios.h>

static int executable (const char *path)
{
  struct stat st;
  if (stat (path, &st) < 0)
    return errno;
  if (S_ISDIR (st.st_mode))
    return EISDIR;
  return access (path, X_OK) < 0 ? errno : 0;
}

static const char *search_path (char **environment)
{
  for (char **variable = environment; variable && *variable; variable++)
    if (strncmp (*variable, "PATH=", 5) == 0)
      return *variable + 5;
  return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

static int find_in_path (const char *name, const char *path, char *found, size_t size, struct error *err)
{
  int reason = ENOENT;
  while (*path)
    {
      size_t length = strcspn (path, ":");
      int written = snprintf (found, size, "%.*s/%s", (int)length, length ? path : ".", name);
      int number = written > 0 && (size_t)written < size ? executable (found) : ENAMETOOLONG;
      if (number == 0)
        return 0;
      if (number == EACCES)
        reason = EACCES;
      path += length;
      path += *path == ':';
    }
  if (reason == EACCES)
    return fail (err, EACCES, "exec: \"%s\"", name);
  return fail_plain (err, ENOENT, "exec: \"%s\": executable file not found in $PATH", name);
}

static int find_program (const char *name, char **environment, char *found, size_t size, struct error *err)
{
  err->operation = ARGUMENTS;
  if (!strchr (name, '/'))
    return find_in_path (name, search_path (environment), found, size, err);
  if (strlen (name) >= size)
    return fail (err, ENAMETOOLONG, "exec: \"%.100s\"", name);
  memcpy (found, name, strlen (name) + 1);
  int number = executable (name);
  if (number == ENOENT || number == ENOTDIR)
    return fail (err, number, "exec: \"%s\": stat %s", name, name);
  return number ? fail (err, number, "exec: \"%s\"", name) : 0;
}

static int own_stdio (struct setup *s, uid_t uid)
{
  for (int i = 0; i < 3; i++)
    {
      struct stat st;
      /* /dev/null is the host's */
      if (fstat (s->stdio[i], &st) == 0 && !(S_ISCHR (st.st_mode) && !s->terminal))
        if (fchown (s->stdio[i], uid, (gid_t)-1) < 0 && errno != EINVAL && errno != EPERM && errno != EROFS)
          return -1;
    }
  return 0;
}

static int change_directory (const char *path, struct error *err)
{
  err->operation = WORKING_DIRECTORY;
  if (chdir (path) < 0)
    return fail (err, errno, "chdir to cwd (\"%s\")", path);
  /* A magic link in the image may lead to a directory outside; the kernel then calls it unreachable. */
  char here[PATH_MAX];
  if (syscall (SYS_getcwd, here, sizeof here) < 0 || here[0] != '/')
    return fail (err, EXDEV, "chdir to cwd (\"%s\"): it is outside of the container", path);
  return 0;
}

static int label (const struct last_step *last, struct error *err)
{
  char text[512];
  if (last->apparmor)
    {
      err->operation = APPARMOR;
      snprintf (text, sizeof text, "exec %s", last->apparmor);
      const char *file = access ("/proc/self/attr/apparmor/exec", F_OK) == 0 ? "/proc/self/attr/apparmor/exec"
                                                                             : "/proc/self/attr/exec";
      if (write_file (AT_FDCWD, file, text, err) < 0)
        return -1;
    }
  err->operation = SELINUX;
  return last->selinux ? write_file (AT_FDCWD, "/proc/self/attr/exec", last->selinux, err) : 0;
}

static void take_stdio (struct setup *s)
{
  for (int i = 0; i < 3; i++)
    dup2 (s->stdio[i], i);
  sys_close_range (3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
}

static void reset_signals (void)
{
  struct sigaction action = { .sa_handler = SIG_DFL };
  for (int signal = 1; signal < 65; signal++)
    sigaction (signal, &action, NULL);
  sigset_t none;
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static void lead_session (const struct setup *s)
{
  setsid ();
  if (s->terminal)
    ioctl (0, TIOCSCTTY, 0);
}

static int restrict_program (struct setup *s, struct error *err)
{
  struct last_step *last = &s->last;
  /* Without no-new-privileges a filter needs CAP_SYS_ADMIN, which is about to go; with it the later the better. */
  err->operation = SECCOMP;
  if (last->seccomp.at && !last->no_new_privileges && load_seccomp (last->seccomp, err) < 0)
    return -1;
  /* As root first, as the user when only it may enter. */
  int entered = last->directory ? change_directory (last->directory, err) : 0;
  if (entered < 0 && err->number != EACCES && err->number != EPERM)
    return -1;
  err->operation = USER;
  if (become (last, err) < 0)
    return -1;
  if (entered < 0 && change_directory (last->directory, err) < 0)
    return -1;
  err->operation = NO_NEW_PRIVILEGES;
  if (last->no_new_privileges && prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return fail (err, errno, "set no-new-privileges");
  return 0;
}

/* Returns in the child; the caller becomes init for ever. */
static int split_init (struct error *err)
{
  pid_t program = fork ();
  if (program < 0)
    return fail (err, errno, "fork from init");
  if (program > 0)
    run_init (program);
  return 0;
}

/* With no more rights than the program will have: they are programs of the image. */
static int run_start_hooks (struct last_step *last, struct error *err)
{
  err->operation = START_HOOK;
  for (size_t i = 0; i < last->hook_count; i++)
    if (hook_operation (&last->hooks[i], err) < 0)
      return -1;
  return 0;
}

static int last_steps (struct setup *s, struct error *err)
{
  struct cursor user = s->last.user;
  if (own_stdio (s, user.at ? (uid_t)take_number (&user) : 0) < 0)
    return fail (err, errno, "own the standard streams");
  if (label (&s->last, err) < 0 || restrict_program (s, err) < 0)
    return -1;
  /* Changing ids cleared it. */
  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  take_stdio (s);
  if (s->init && split_init (err) < 0)
    return -1;
  lead_session (s);
  reset_signals ();
  if (run_start_hooks (&s->last, err) < 0)
    return -1;
  char path[PATH_MAX];
  if (find_program (s->last.arguments[0], s->last.environment, path, sizeof path, err) < 0)
    return -1;
  err->operation = SECCOMP;
  if (s->last.seccomp.at && s->last.no_new_privileges && load_seccomp (s->last.seccomp, err) < 0)
    return -1;
  execve (path, s->last.arguments, s->last.environment);
  err->operation = ARGUMENTS;
  return fail (err, errno, "exec %s", path);
}

_Noreturn void run_program (struct setup *s, struct error *err)
{
  last_steps (s, err);
  struct report report = { .kind = REPORT_FAILED, .error = *err };
  send_report (s->channel, &report, -1);
  _exit (127);
}
