/* Executes a plan's operations in the process that becomes the container. */
#include "setup.h"

#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

void send_report (int channel, const struct report *report, int descriptor)
{
  struct iovec part = { .iov_base = (void *)(uintptr_t)report, .iov_len = sizeof *report };
  char control[CMSG_SPACE (sizeof (int))] __attribute__ ((aligned (8)));
  memset (control, 0, sizeof control);
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  if (descriptor >= 0)
    {
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      struct cmsghdr *header = CMSG_FIRSTHDR (&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN (sizeof (int));
      memcpy (CMSG_DATA (header), &descriptor, sizeof descriptor);
    }
  sendmsg (channel, &message, MSG_NOSIGNAL);
}

static _Noreturn void give_up (struct setup *s, const struct error *err)
{
  struct report report = { .kind = REPORT_FAILED, .error = *err };
  send_report (s->channel, &report, -1);
  _exit (127);
}

/* One byte from the monitor; without one, there is no monitor to run under. */
static void await_monitor (struct setup *s)
{
  char byte;
  ssize_t length;
  do
    length = recv (s->channel, &byte, 1, 0);
  while (length < 0 && errno == EINTR);
  if (length <= 0)
    _exit (127);
}

static int limit_resource (struct cursor *f, struct error *err)
{
  int resource = (int)take_number (f);
  struct rlimit limit = { .rlim_cur = take_number (f), .rlim_max = take_number (f) };
  return setrlimit (resource, &limit) < 0 ? fail (err, errno, "set resource limit %d", resource) : 0;
}

static int set_hostname (const char *name, struct error *err)
{
  return sethostname (name, strlen (name)) < 0 ? fail (err, errno, "set hostname %s", name) : 0;
}

static int set_domainname (const char *name, struct error *err)
{
  return setdomainname (name, strlen (name)) < 0 ? fail (err, errno, "set domain name %s", name) : 0;
}

static void join_keyring (const char *name)
{
  /* KEYCTL_JOIN_SESSION_KEYRING; a kernel without keyrings, or a filter, is no reason to fail. */
  syscall (SYS_keyctl, 1, name, 0, 0, 0);
}

static int collect_hook (struct last_step *last, const struct cursor *f, struct error *err)
{
  if (last->hook_count == MAX_START_HOOKS)
    return fail_plain (err, E2BIG, "more than %d hooks are to run before the program", MAX_START_HOOKS);
  last->hooks[last->hook_count++] = *f;
  return 0;
}

/* Things that the last step applies. */
static int collect (struct last_step *last, uint32_t code, struct cursor *f, struct error *err)
{
  switch (code)
    {
    case UMASK: last->umask = (int)take_number (f); return 0;
    case USER: last->user = *f; return 0;
    case CAPABILITIES: last->capabilities = *f; return 0;
    case NO_NEW_PRIVILEGES: last->no_new_privileges = true; return 0;
    case SECCOMP: last->seccomp = *f; return 0;
    case APPARMOR: last->apparmor = take_text (f); return 0;
    case SELINUX: last->selinux = take_text (f); return 0;
    case WORKING_DIRECTORY: last->directory = take_text (f); return 0;
    case ENVIRONMENT: last->environment = take_texts (f); return 0;
    case ARGUMENTS: last->arguments = take_texts (f); return 0;
    case START_HOOK: return collect_hook (last, f, err);
    default: return fail_plain (err, EINVAL, "the plan has an unknown operation %u", code);
    }
}

static int join_cgroups (struct setup *s, struct error *err)
{
  err->operation = CGROUP_V1;
  for (int *group = s->cgroups; *group >= 0; group++)
    if (write (*group, "0", 1) < 0)
      return fail (err, errno, "join a control group");
  *s->cgroups = -1;
  if (s->namespaces & CLONE_NEWCGROUP && unshare (CLONE_NEWCGROUP) < 0)
    return fail (err, errno, "create a cgroup namespace");
  s->namespaces &= ~(uint64_t)CLONE_NEWCGROUP;
  return 0;
}

/* What is copied there is the container's memory. */
static int copy_up (struct setup *s, struct cursor *f, struct error *err)
{
  if (join_cgroups (s, err) < 0)
    return -1;
  err->operation = TMPFS_COPY_UP;
  return tmpfs_copy_up (s, f, err);
}

static int execute (struct setup *s, uint32_t code, struct cursor *f, struct error *err)
{
  switch (code)
    {
    case HOSTNAME: return set_hostname (take_text (f), err);
    case DOMAINNAME: return set_domainname (take_text (f), err);
    case ROOT: return root_operation (s, f, err);
    case MOUNT: return mount_operation (s, f, err);
    case BIND: return bind_operation (s, f, err);
    case REMOUNT: return remount_operation (s, f, err);
    case PROPAGATION: return propagation_operation (s, f, err);
    case OVERLAY: return overlay_operation (s, f, err);
    case MOUNT_ATTRIBUTES: return attributes_operation (s, f, err);
    case TMPFS_COPY_UP: return copy_up (s, f, err);
    case DIRECTORY: return directory_operation (s, f, err);
    case SYMLINK: return symlink_operation (s, f, err);
    case DEVICE: return device_operation (s, f, err);
    case REGULAR_FILE: return file_operation (s, f, err);
    case OWNER: return owner_operation (s, f, err);
    case MODE: return mode_operation (s, f, err);
    case MASK_PATH: return mask_path (s, f, err);
    case READ_ONLY_PATH: return read_only_path (s, f, err);
    case READ_ONLY_ROOT: return read_only_root (s, err);
    case PIVOT_ROOT: return pivot_root_operation (s, err);
    case SYSCTL: return sysctl_operation (f, err);
    case RLIMIT: return limit_resource (f, err);
    case TERMINAL: return terminal_operation (s, f, err);
    case BIND_ASIDE: return bind_aside_operation (s, f, err);
    case MAP_IDS: return map_ids_operation (s, f, err);
    case HOOK: return hook_operation (f, err);
    case SESSION_KEYRING: join_keyring (take_text (f)); return 0;
    default: return code < HOSTNAME ? 0 : collect (&s->last, code, f, err);
    }
}

int run_operations (struct setup *s, bool until_user, struct error *err)
{
  uint32_t code;
  struct cursor fields;
  while (next_operation (&s->plan, &code, &fields))
    {
      if (code == ENTER_USER_NAMESPACE && until_user)
        return 0;
      err->operation = code;
      if (execute (s, code, &fields, err) < 0)
        return -1;
      if (code != MAP_IDS)
        s->mapped = NULL;
      if (fields.bad)
        return fail_plain (err, EINVAL, "the plan's operation %u is cut short", code);
    }
  return s->plan.bad ? fail_plain (err, EINVAL, "the plan is cut short") : 0;
}

static bool plan_propagates (struct cursor plan)
{
  uint32_t code;
  struct cursor fields;
  while (next_operation (&plan, &code, &fields))
    if (code == PROPAGATION && take_number (&fields) == 0)
      return true;
  return false;
}

/* Unless the plan says otherwise, nothing mounted from here on is seen by the host. */
int prepare_mount_namespace (struct setup *s, struct error *err)
{
  if (!plan_propagates (s->plan) && mount (NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
    return fail (err, errno, "separate mounts from the host's");
  return 0;
}

static int enter_user_namespace (struct error *err)
{
  err->operation = ENTER_USER_NAMESPACE;
  if (syscall (SYS_setgroups, 0, NULL) < 0 || syscall (SYS_setresgid, 0, 0, 0) < 0 || syscall (SYS_setresuid, 0, 0, 0) < 0)
    return fail (err, errno, "become root of the user namespace");
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  return 0;
}

static int set_up (struct setup *s, struct error *err)
{
  /* Version 1 takes a process at any time. Pages of the disk's own that this one reads, such as those of directories,
   * would keep its memory group alive for hours after the container: so it joins late, but before ids change, because
   * the tasks files' owner is the host's root. */
  bool late = *s->cgroups >= 0 && !s->enters_user;
  if (!late && join_cgroups (s, err) < 0)
    return -1;
  if (s->enters_user && enter_user_namespace (err) < 0)
    return -1;
  if (s->enters_user && s->namespaces & CLONE_NEWNS && own_root (s, err) < 0)
    return -1;
  err->operation = CREATE_NAMESPACES;
  if (s->namespaces & CLONE_NEWNS && !s->enters_user && prepare_mount_namespace (s, err) < 0)
    return -1;
  if (run_operations (s, false, err) < 0 || join_cgroups (s, err) < 0)
    return -1;
  if (!s->last.arguments || !s->last.arguments[0])
    return fail_plain (err, EINVAL, "no command specified");
  return 0;
}

_Noreturn void first_process (struct setup *s)
{
  static struct error err;
  static char *no_environment[] = { NULL };
  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  await_monitor (s);
  if (set_up (s, &err) < 0)
    give_up (s, &err);
  if (!s->last.environment)
    s->last.environment = no_environment;
  struct report report = { .kind = REPORT_PREPARED };
  send_report (s->channel, &report, s->master);
  close_fd (&s->master);
  await_monitor (s);
  run_program (s, &err);
}
