/* The pseudo-terminal, made in the container's own devpts so that its name there is true. */
#include "kernel.h"
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

/* The container owns what is at this path: only a real multiplexer of a real devpts will do. */
static int open_multiplexer (struct setup *s, struct error *err)
{
  struct open_how how = { .flags = O_RDWR | O_NOCTTY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT_ };
  cleanup_close int fd = sys_openat2 (s->root, "dev/pts/ptmx", &how);
  struct stat st;
  struct statfs fs;
  if (fd < 0 || fstat (fd, &st) < 0 || fstatfs (fd, &fs) < 0)
    return fail (err, errno, "open /dev/pts/ptmx");
  if (st.st_rdev != makedev (5, 2) || fs.f_type != 0x1cd1)
    return fail (err, ENODEV, "/dev/pts/ptmx is no terminal multiplexer");
  return steal (&fd);
}

int terminal_operation (struct setup *s, struct cursor *f, struct error *err)
{
  bool console = take_number (f) != 0;
  cleanup_close int master = open_multiplexer (s, err);
  if (master < 0)
    return -1;
  int locked = 0;
  if (ioctl (master, TIOCSPTLCK, &locked) < 0)
    return fail (err, errno, "unlock the terminal");
  cleanup_close int slave = ioctl (master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0)
    return fail (err, errno, "open the terminal");
  if (console)
    {
      int mount = sys_open_tree (slave, "", OPEN_TREE_CLONE_ | O_CLOEXEC | EMPTY_PATH_);
      if (mount < 0)
        return fail (err, errno, "bind the terminal");
      if (attach_mount (s, mount, "/dev/console", MISSING_FILE, err) < 0)
        return -1;
    }
  for (int i = 0; i < 3; i++)
    if (s->stdio[i] < 0 && (s->stdio[i] = fcntl (slave, F_DUPFD_CLOEXEC, 3)) < 0)
      return fail (err, errno, "duplicate the terminal");
  s->master = steal (&master);
  s->terminal = true;
  return 0;
}
