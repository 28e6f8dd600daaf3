#include "side.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
  EVENTS = 64,
  /* The least that the kernel takes (sched(7), sched_setattr since Linux 6.12). */
  TURN_NS = 100000,
};

static int epoll_fd = -1;
static struct epoll_event events[EVENTS];
static int event_count;

int loop_open (void)
{
  return epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
}

int loop_add (struct source *source, uint32_t wanted)
{
  struct epoll_event event = { .events = wanted, .data.ptr = source };
  return epoll_ctl (epoll_fd, EPOLL_CTL_ADD, source->fd, &event);
}

void loop_change (struct source *source, uint32_t wanted)
{
  struct epoll_event event = { .events = wanted, .data.ptr = source };
  epoll_ctl (epoll_fd, EPOLL_CTL_MOD, source->fd, &event);
}

void loop_remove (struct source *source)
{
  if (source->fd < 0)
    return;
  /* Removed explicitly: a descriptor that another process has too would go on telling. */
  epoll_ctl (epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
  close (source->fd);
  source->fd = -1;
  /* What this turn of the loop still has for it is void. */
  for (int i = 0; i < event_count; i++)
    if (events[i].data.ptr == source)
      events[i].data.ptr = NULL;
}

void loop_turn (int patience)
{
  event_count = epoll_wait (epoll_fd, events, EVENTS, patience);
  for (int i = 0; i < event_count; i++)
    {
      struct source *source = events[i].data.ptr;
      if (source)
        source->ready (source, events[i].events);
    }
  event_count = 0;
}

uint64_t now_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* On a busy machine it gets its turns sooner the shorter it asks them to be; its share stays the same. */
static void take_short_turns (void)
{
  struct
  {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
  } turns = { .size = sizeof turns, .runtime = TURN_NS };
  syscall (SYS_sched_setattr, 0, &turns, 0);
}

bool detach (void)
{
  /* The engine waits for this line, or for the end. */
  if (write (STDOUT_FILENO, "ready\n", 6) != 6)
    return false;
  /* Signals of a terminal are for the engine; the standard streams are nobody's. */
  setsid ();
  signal (SIGPIPE, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);
  if (null >= 0)
    for (int fd = 0; fd < 3; fd++)
      dup2 (null, fd);
  if (chdir ("/") < 0)
    return false;
  struct rlimit files;
  if (getrlimit (RLIMIT_NOFILE, &files) == 0)
    {
      files.rlim_cur = files.rlim_max;
      setrlimit (RLIMIT_NOFILE, &files);
    }
  take_short_turns ();
  return true;
}
