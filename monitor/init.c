/* Process 1 of a container with --init: reaps, forwards signals, ends as its program ends. */
#include "kernel.h"
#include "setup.h"

#include <signal.h>
#include <sys/wait.h>

static void reap (pid_t program)
{
  int status;
  for (pid_t pid = waitpid (-1, &status, WNOHANG); pid > 0; pid = waitpid (-1, &status, WNOHANG))
    if (pid == program)
      _exit (WIFSIGNALED (status) ? 128 + WTERMSIG (status) : WEXITSTATUS (status));
}

_Noreturn void run_init (pid_t program)
{
  /* Its streams and the channel are the program's: held here too, nobody would see them close. */
  sys_close_range (0, ~0U, 0);
  /* The container's processes see this one; the host's paths are none of their business. */
  entitle ("naru-init");
  sigset_t all;
  sigfillset (&all);
  sigprocmask (SIG_SETMASK, &all, NULL);
  for (;;)
    {
      siginfo_t info;
      int signal = sigwaitinfo (&all, &info);
      if (signal == SIGCHLD)
        reap (program);
      else if (signal > 0)
        kill (program, signal);
    }
}
