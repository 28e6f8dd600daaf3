/* Makes a process from a plan: what the monitor does before, and what an entrant does in between. */
#include "kernel.h"
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum
{
  MAX_JOINS = 16,
  MAX_CGROUPS = 24
};

struct join
{
  int fd;
  uint64_t type;
};

/* The monitor's part of a plan. Descriptors are closed when it goes out of scope, in each process by itself. */
struct preparation
{
  struct setup setup;
  struct join joins[MAX_JOINS];
  int join_count;
  int cgroups[MAX_CGROUPS + 1];
  int cgroup_count;
  int cgroup2;
  uid_t stream_owner;
  gid_t stream_group;
};

static void release (struct preparation *p)
{
  for (int i = 0; i < p->join_count; i++)
    close_fd (&p->joins[i].fd);
  for (int i = 0; i < p->cgroup_count; i++)
    close_fd (&p->cgroups[i]);
  close_fd (&p->cgroup2);
  for (int i = 0; i < 3; i++)
    close_fd (&p->setup.stdio[i]);
  close_fd (&p->setup.channel);
  close_fd (&p->setup.root);
  for (int i = 0; i < MAX_ID_MAPS; i++)
    if (p->setup.id_maps[i].users)
      close_fd (&p->setup.id_maps[i].fd);
}

static int add_join (struct preparation *p, int fd, uint64_t type, struct error *err)
{
  if (p->join_count == MAX_JOINS)
    {
      close (fd);
      return fail_plain (err, E2BIG, "too many namespaces to join");
    }
  p->joins[p->join_count++] = (struct join){ fd, type };
  return 0;
}

static int join_file (struct preparation *p, struct cursor *f, struct error *err)
{
  uint64_t type = take_number (f);
  const char *path = take_text (f);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  return fd < 0 ? fail (err, errno, "open namespace %s", path) : add_join (p, fd, type, err);
}

/* The user namespace comes last: the host's privileges open the others, whoever owns them. */
static int join_container (struct monitor *m, struct preparation *p, uint64_t types, struct error *err)
{
  static const uint64_t order[] = { CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP,
                                    0x80 /* time */, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWUSER };
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    {
      int fd = types & order[i] ? fcntl (m->first.pidfd, F_DUPFD_CLOEXEC, 3) : -1;
      if (types & order[i] && fd < 0)
        return fail (err, errno, "join the container's namespaces");
      if (fd >= 0 && add_join (p, fd, order[i], err) < 0)
        return -1;
    }
  return 0;
}

static int add_cgroup (struct preparation *p, const char *directory, struct error *err)
{
  char path[4096];
  snprintf (path, sizeof path, "%s/tasks", directory);
  if (p->cgroup_count == MAX_CGROUPS)
    return fail_plain (err, E2BIG, "too many control groups");
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return fail (err, errno, "open control group %s", directory);
  p->cgroups[p->cgroup_count++] = fd;
  p->cgroups[p->cgroup_count] = -1;
  return 0;
}

static int keep (char **place, const char *text, struct error *err)
{
  free (*place);
  *place = strdup (text);
  return *place ? 0 : fail (err, ENOMEM, "keep the plan");
}

static int prepare_operation (struct monitor *m, struct process *process, struct preparation *p, uint32_t code,
                              struct cursor *f, struct error *err)
{
  char number[24];
  err->operation = code;
  switch (code)
    {
    case CREATE_NAMESPACES: p->setup.namespaces = take_number (f); return 0;
    case JOIN_NAMESPACE: return join_file (p, f, err);
    case JOIN_CONTAINER: return join_container (m, p, take_number (f), err);
    case UID_MAP: return keep (&process->user_map, take_text (f), err);
    case GID_MAP: return keep (&process->group_map, take_text (f), err);
    case CGROUP_V1: return add_cgroup (p, take_text (f), err);
    case CGROUP_V2:
      {
        const char *path = take_text (f);
        p->cgroup2 = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        return p->cgroup2 < 0 ? fail (err, errno, "open control group %s", path) : 0;
      }
    case OOM_COUNTER: return keep (&process->oom_counter, take_text (f), err);
    case OOM_SCORE:
      snprintf (number, sizeof number, "%lld", (long long)take_number (f));
      return keep (&process->oom_score, number, err);
    case STREAM_OWNER:
      p->stream_owner = (uid_t)take_number (f);
      p->stream_group = (gid_t)take_number (f);
      return 0;
    case INIT: p->setup.init = true; return 0;
    case MAP_IDS: return prepare_id_map (p->setup.id_maps, f, err);
    case ENTER_USER_NAMESPACE: p->setup.enters_user = true; return 0;
    default: return 0;
    }
}

static int make_pipe (int *ours, int *theirs, bool we_write, struct error *err)
{
  int ends[2];
  if (pipe2 (ends, O_CLOEXEC) < 0)
    return fail (err, errno, "make a pipe");
  *ours = ends[we_write ? 1 : 0];
  *theirs = ends[we_write ? 0 : 1];
  fcntl (*ours, F_SETFL, O_NONBLOCK);
  return 0;
}

static int make_streams (struct process *process, int stdio[3], struct error *err)
{
  if (process->terminal)
    return 0;
  if (process->open_stdin)
    {
      if (make_pipe (&process->input.fd, &stdio[0], true, err) < 0)
        return -1;
    }
  else if ((stdio[0] = open ("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
    return fail (err, errno, "open /dev/null");
  for (int i = 0; i < 2; i++)
    if (make_pipe (&process->outputs[i].source.fd, &stdio[i + 1], false, err) < 0)
      return -1;
  return 0;
}

/* The host's root is nobody in a user namespace, and what it owns can't be opened again there, as /dev/stdout. */
static int own_streams (const struct preparation *p, struct error *err)
{
  for (int i = 0; i < 3 && p->stream_owner; i++)
    {
      struct stat st;
      int fd = p->setup.stdio[i];
      if (fd >= 0 && fstat (fd, &st) == 0 && S_ISFIFO (st.st_mode)
          && fchown (fd, p->stream_owner, p->stream_group) < 0)
        return fail (err, errno, "own a pipe");
    }
  return 0;
}

static int clone_first (struct preparation *p, uint64_t extra, struct error *err)
{
  /* The cgroup namespace comes when the process is in its groups: it begins at them. */
  struct clone_arguments a = { .flags = (p->setup.namespaces & ~(uint64_t)CLONE_NEWCGROUP) | extra,
                               .exit_signal = extra & CLONE_PARENT ? 0 : SIGCHLD };
  if (p->cgroup2 >= 0)
    {
      a.flags |= CLONE_INTO_CGROUP_;
      a.cgroup = (uint64_t)p->cgroup2;
    }
  err->operation = CREATE_NAMESPACES;
  int pid = sys_clone3 (&a);
  if (pid < 0)
    return fail (err, errno, "make the first process");
  if (pid == 0)
    first_process (&p->setup);
  return pid;
}

/* Joins the user namespaces of the list, or all others. */
static int join_all (struct preparation *p, bool user, struct error *err)
{
  for (int i = 0; i < p->join_count; i++)
    {
      err->operation = JOIN_NAMESPACE;
      if ((p->joins[i].type == CLONE_NEWUSER) == user && setns (p->joins[i].fd, (int)p->joins[i].type) < 0)
        return fail (err, errno, "join a namespace of type %#llx", (unsigned long long)p->joins[i].type);
    }
  return 0;
}

static int enter (struct preparation *p, struct error *err)
{
  /* In the user namespace of others, their root could trace this process and take its descriptors. */
  for (int i = 0; i < p->join_count; i++)
    if (p->joins[i].type == CLONE_NEWUSER)
      prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (join_all (p, false, err) < 0)
    return -1;
  if (!p->setup.enters_user && join_all (p, true, err) < 0)
    return -1;
  /* What is opened from here on is opened in the container. */
  close_fd (&p->setup.root);
  p->setup.root = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (!p->setup.enters_user)
    return 0;
  err->operation = CREATE_NAMESPACES;
  if (p->setup.namespaces & CLONE_NEWNS)
    {
      if (unshare (CLONE_NEWNS) < 0)
        return fail (err, errno, "create a mount namespace");
      if (prepare_mount_namespace (&p->setup, err) < 0)
        return -1;
    }
  if (run_operations (&p->setup, true, err) < 0)
    return -1;
  /* A copy of the mount namespace takes the working directory along, but no descriptor. */
  return fchdir (p->setup.root) < 0 ? fail (err, errno, "enter the container's root") : join_all (p, true, err);
}

/* Whether this process can join them for its child and leave them again: it has neither been changed nor seen by then. */
static bool leaves_joined (const struct preparation *p)
{
  for (int i = 0; i < p->join_count; i++)
    if (p->joins[i].type != CLONE_NEWNET)
      return false;
  return !p->setup.enters_user;
}

/* Makes the first process in a network namespace that is there already, without a process in between. */
static int clone_joined (struct preparation *p, struct error *err)
{
  if (p->join_count == 0)
    return clone_first (p, 0, err);
  err->operation = JOIN_NAMESPACE;
  cleanup_close int own = open ("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (own < 0)
    return fail (err, errno, "open the monitor's network namespace");
  int pid = join_all (p, false, err) < 0 ? -1 : clone_first (p, 0, err);
  if (setns (own, CLONE_NEWNET) == 0 || pid < 0)
    return pid;
  kill (pid, SIGKILL);
  return fail (err, errno, "leave the container's network namespace");
}

/* Joins with the host's privileges and makes the first process as a child of the monitor. */
static _Noreturn void run_entrant (struct preparation *p)
{
  static struct error err;
  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  int pid = enter (p, &err);
  if (pid == 0)
    pid = clone_first (p, CLONE_PARENT, &err);
  struct report report = { .kind = pid < 0 ? REPORT_FAILED : REPORT_PID, .pid = pid, .error = err };
  send_report (p->setup.channel, &report, -1);
  _exit (0);
}

static int clone_entrant (struct preparation *p, struct error *err)
{
  pid_t pid = fork ();
  if (pid < 0)
    return fail (err, errno, "make the entering process");
  if (pid == 0)
    run_entrant (p);
  return 0;
}

int spawn (struct monitor *m, struct process *process, const char *plan, size_t length, struct error *err)
{
  const uint8_t *bytes = (const uint8_t *)plan;
  __attribute__ ((cleanup (release))) struct preparation p = {
    .setup = { .plan = { .at = bytes, .end = bytes + length }, .channel = -1, .stdio = { -1, -1, -1 }, .root = -1,
               .master = -1, .last = { .umask = -1 } },
    .cgroups = { -1 }, .cgroup2 = -1 };
  struct cursor operations = p.setup.plan, fields;
  p.setup.cgroups = p.cgroups;
  uint32_t code;
  while (next_operation (&operations, &code, &fields))
    if (prepare_operation (m, process, &p, code, &fields, err) < 0)
      return -1;
  err->operation = 0;
  int pair[2];
  if (make_streams (process, p.setup.stdio, err) < 0 || own_streams (&p, err) < 0)
    return -1;
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
    return fail (err, errno, "make a channel");
  process->channel.fd = pair[0];
  p.setup.channel = pair[1];
  p.setup.root = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  p.setup.enters_user |= (p.setup.namespaces & CLONE_NEWUSER) != 0;
  if (!leaves_joined (&p))
    return clone_entrant (&p, err);
  int pid = clone_joined (&p, err);
  if (pid < 0)
    return -1;
  process->pid = pid;
  return 0;
}
