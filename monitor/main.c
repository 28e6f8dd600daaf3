/* naru-monitor: the parent of containers. */
#include "error.h"
#include "monitor.h"
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static int sealed_copy (int program)
{
  struct stat st;
  cleanup_close int copy = memfd_create ("naru-monitor", MFD_CLOEXEC | MFD_ALLOW_SEALING | 0x10 /* MFD_EXEC */);
  if (copy < 0) /* before kernel 6.3 */
    copy = memfd_create ("naru-monitor", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (copy < 0 || fstat (program, &st) < 0)
    return -1;
  for (off_t left = st.st_size; left > 0;)
    {
      ssize_t sent = sendfile (copy, program, NULL, (size_t)left);
      if (sent <= 0)
        return -1;
      left -= sent;
    }
  if (fcntl (copy, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
    return -1;
  return steal (&copy);
}

/* A container may open /proc/PID/exe of what it runs beside, and write: it finds this copy, which can't be written. */
static int run_sealed (char **arguments)
{
  cleanup_close int program = open ("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (program < 0)
    return -1;
  if (fcntl (program, F_GET_SEALS) >= 0)
    return 0;
  cleanup_close int copy = sealed_copy (program);
  if (copy < 0)
    return -1;
  return (int)syscall (SYS_execveat, copy, "", arguments, environ, AT_EMPTY_PATH);
}

/* Where the kernel reads what ps shows. */
static char *title;
static size_t title_size;

void entitle (const char *name)
{
  prctl (PR_SET_NAME, name, 0, 0, 0);
  if (title_size <= strlen (name))
    return;
  memset (title, 0, title_size);
  memcpy (title, name, strlen (name));
}

int main (int count, char **arguments)
{
  if (count == 3 && strcmp (arguments[1], "idmap") == 0)
    return probe_id_maps (arguments[2]);
  if (count != 3 || strcmp (arguments[1], "zygote") != 0)
    {
      dprintf (2, "usage: naru-monitor zygote DIRECTORY\nThe engine starts this; it is of no use by hand.\n");
      return 2;
    }
  if (run_sealed (arguments) < 0)
    {
      dprintf (1, "cannot run from a sealed copy: %s\n", strerror (errno));
      return 1;
    }
  prctl (PR_SET_NAME, "naru-monitor", 0, 0, 0);
  title = arguments[0];
  title_size = (size_t)(arguments[2] + strlen (arguments[2]) + 1 - title);
  /* Nobody in a container may look into or trace what becomes its first process. */
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  return run_zygote (arguments[2]);
}
