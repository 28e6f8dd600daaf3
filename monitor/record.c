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

enum
{
  RECORD_SIZE = 256
};

static int open_record (const char *directory, int flags)
{
  cleanup_close int dir = open (directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return dir < 0 ? -1 : openat (dir, "exit", flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Makes room for the record at launch and blanks an earlier one: at the end there is nothing to create or rename, and
 * one sync does. */
int blank_record (const char *directory, struct error *err)
{
  char blank[RECORD_SIZE];
  memset (blank, ' ', sizeof blank);
  cleanup_close int fd = open_record (directory, O_WRONLY | O_CREAT);
  if (fd < 0 || pwrite (fd, blank, sizeof blank, 0) != sizeof blank || ftruncate (fd, sizeof blank) < 0)
    return fail (err, errno, "prepare the exit record in %s", directory);
  return 0;
}

/* Less than a sector, so it is written whole or not at all; without its last line it is none. */
int record_exit (struct monitor *m, struct process *p, struct error *err)
{
  char text[RECORD_SIZE + 1];
  int length = snprintf (text, sizeof text,
                         "code %d\nsignal %d\nfinished %lld\noom %d\npid %d\nticks %llu\nlost %llu\nend 1\n", p->code,
                         p->signal, (long long)p->finished, p->oom_counter && oom_kills (p->oom_counter) > 0, p->pid,
                         (unsigned long long)p->ticks, (unsigned long long)m->log.lost_total);
  cleanup_close int fd = open_record (m->record_directory, O_WRONLY | O_CREAT);
  if (fd < 0 || pwrite (fd, text, (size_t)length, 0) != length || fdatasync (fd) < 0)
    return fail (err, errno, "write the exit record in %s", m->record_directory);
  return 0;
}
