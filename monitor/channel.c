/* The monitor's end of the channel to a process that is being set up. */
#include "kernel.h"
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Field 22 of /proc/PID/stat, counted after the name, which may hold anything. */
static uint64_t start_ticks (int proc)
{
  char text[1024];
  cleanup_close int fd = openat (proc, "stat", O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read (fd, text, sizeof text - 1);
  if (length <= 0)
    return 0;
  text[length] = 0;
  char *at = strrchr (text, ')');
  for (int field = 2; at && field < 22; field++)
    at = strchr (at + 1, ' ');
  return at ? strtoull (at + 1, NULL, 10) : 0;
}

static int release_setup (struct monitor *m, struct process *p, struct error *err)
{
  char path[32];
  snprintf (path, sizeof path, "/proc/%d", p->pid);
  cleanup_close int proc = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  p->pidfd = sys_pidfd_open (p->pid);
  if (proc < 0 || p->pidfd < 0)
    return fail (err, errno, "find the first process");
  p->ticks = start_ticks (proc);
  /* Unmounting writes the container's files to the disk. Without this, its end would be told only after that. */
  if (p == &m->first)
    m->mounts = openat (proc, "ns/mnt", O_RDONLY | O_CLOEXEC);
  err->operation = UID_MAP;
  if (p->user_map && write_file (proc, "uid_map", p->user_map, err) < 0)
    return -1;
  err->operation = GID_MAP;
  if (p->group_map && write_file (proc, "gid_map", p->group_map, err) < 0)
    return -1;
  err->operation = OOM_SCORE;
  if (p->oom_score && write_file (proc, "oom_score_adj", p->oom_score, err) < 0)
    return -1;
  return send (p->channel.fd, "g", 1, MSG_NOSIGNAL) < 0 ? fail (err, errno, "go on") : 0;
}

static void take_master (struct process *p, int master)
{
  fcntl (master, F_SETFL, O_NONBLOCK);
  p->outputs[0].source.fd = master;
  p->input.fd = fcntl (master, F_DUPFD_CLOEXEC, 3);
  set_size (p);
}

static ssize_t receive (int channel, struct report *report, int *descriptor)
{
  struct iovec part = { .iov_base = report, .iov_len = sizeof *report };
  char control[CMSG_SPACE (sizeof (int))] __attribute__ ((aligned (8)));
  struct msghdr message
      = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
  ssize_t length = recvmsg (channel, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR (&message) : NULL;
  if (header && header->cmsg_type == SCM_RIGHTS)
    memcpy (descriptor, CMSG_DATA (header), sizeof *descriptor);
  return length;
}

/* Its end without a report: the program runs, or the process was killed before it could say why not. */
static void channel_ended (struct monitor *m, struct process *p)
{
  static struct error err;
  close_source (m, &p->channel);
  if (p->prepared && p->started)
    return process_started (m, p);
  fail_plain (&err, ESRCH, "the process was killed while it was set up");
  process_failed (m, p, &err);
}

static void channel_ready (struct monitor *m, struct source *source, uint32_t events)
{
  (void)events;
  struct process *p = (struct process *)((char *)source - offsetof (struct process, channel));
  struct report report = { 0 };
  int descriptor = -1;
  ssize_t length = receive (source->fd, &report, &descriptor);
  if (length < 0 && (errno == EINTR || errno == EAGAIN))
    return;
  if (length != sizeof report)
    return channel_ended (m, p);
  if (descriptor >= 0)
    take_master (p, descriptor);
  if (report.kind == REPORT_PREPARED)
    return process_prepared (m, p);
  if (report.kind == REPORT_PID)
    {
      p->pid = report.pid;
      if (release_setup (m, p, &report.error) == 0)
        return;
    }
  close_source (m, source);
  process_failed (m, p, &report.error);
}

int channel_start (struct monitor *m, struct process *p, struct error *err)
{
  p->channel.ready = channel_ready;
  watch (m, &p->channel, EPOLLIN);
  return p->pid ? release_setup (m, p, err) : 0;
}
