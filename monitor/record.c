/* The exit record: it must be true after a power failure, so it is synced before anybody hears of it. */
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t now (void)
{
  struct timespec t;
  clock_gettime (CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The line "oom_kill N": memory.events of v2, memory.oom_control of v1. */
uint64_t oom_kills (const char *file)
{
  char text[1024];
  cleanup_close int fd = open (file, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read (fd, text, sizeof text - 1);
  if (length <= 0)
    return 0;
  text[length] = 0;
  const char *at = strstr (text, "oom_kill ");
  return at ? strtoull (at + strlen ("oom_kill "), NULL, 10) : 0;
}

void forget_record (const char *directory)
{
  cleanup_close int dir = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir >= 0 && unlinkat (dir, "exit", 0) == 0)
    fsync (dir);
}

int record_exit (struct monitor *m, struct process *p, struct error *err)
{
  char text[256];
  int length = snprintf (text, sizeof text, "code %d\nsignal %d\nfinished %lld\noom %d\npid %d\nticks %llu\nlost %llu\n",
                         p->code, p->signal, (long long)p->finished, p->oom_counter && oom_kills (p->oom_counter) > 0,
                         p->pid, (unsigned long long)p->ticks, (unsigned long long)m->log.lost_total);
  cleanup_close int dir = open (m->record_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0)
    return fail (err, errno, "open %s", m->record_directory);
  cleanup_close int fd = openat (dir, "exit.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 || write (fd, text, (size_t)length) != length || fdatasync (fd) < 0)
    return fail (err, errno, "write the exit record in %s", m->record_directory);
  if (renameat (dir, "exit.new", dir, "exit") < 0 || fsync (dir) < 0)
    return fail (err, errno, "keep the exit record in %s", m->record_directory);
  return 0;
}
