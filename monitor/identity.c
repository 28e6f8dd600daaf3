/* Who the program is: ids, capabilities, labels, filters. */
#include "setup.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int drop_bounding (uint64_t keep, struct error *err)
{
  for (unsigned long capability = 0; prctl (PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
    if (!(keep >> capability & 1) && prctl (PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
      return fail (err, errno, "drop capability %lu", capability);
  return 0;
}

/* A plan made on a newer kernel's knowledge may name more capabilities than this one has. */
static uint64_t known_capabilities (void)
{
  unsigned count = 0;
  while (count < 63 && prctl (PR_CAPBSET_READ, count, 0, 0, 0) >= 0)
    count++;
  return (1ULL << count) - 1;
}

static int set_capabilities (uint64_t effective, uint64_t permitted, uint64_t inheritable, struct error *err)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct data[2] = {
    { (uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable },
    { (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32) },
  };
  return syscall (SYS_capset, &header, data) < 0 ? fail (err, errno, "set capabilities") : 0;
}

static int set_ambient (uint64_t ambient, struct error *err)
{
  prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  for (unsigned long capability = 0; capability < 64; capability++)
    if ((ambient >> capability & 1) && prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
      return fail (err, errno, "raise ambient capability %lu", capability);
  return 0;
}

static int set_ids (struct cursor user, struct error *err)
{
  uid_t uid = (uid_t)take_number (&user);
  gid_t gid = (gid_t)take_number (&user);
  uint64_t count = take_number (&user);
  if (user.bad || count > 65536)
    return fail (err, EINVAL, "set groups");
  cleanup_free gid_t *groups = calloc (count + 1, sizeof *groups);
  for (uint64_t i = 0; groups && i < count; i++)
    groups[i] = (gid_t)take_number (&user);
  if (!groups || setgroups ((size_t)count, groups) < 0)
    return fail (err, errno, "set groups");
  /* The calls themselves: musl's wrappers signal threads, of which there are none. */
  if (syscall (SYS_setresgid, gid, gid, gid) < 0)
    return fail (err, errno, "set group id %u", gid);
  if (syscall (SYS_setresuid, uid, uid, uid) < 0)
    return fail (err, errno, "set user id %u", uid);
  return 0;
}

int load_seccomp (struct cursor filter, struct error *err)
{
  unsigned flags = (unsigned)take_number (&filter);
  size_t length;
  const char *program = take_bytes (&filter, &length);
  /* The plan is not aligned, the kernel's structure is. */
  cleanup_free void *copy = malloc (length + 1);
  if (!copy)
    return fail (err, ENOMEM, "load the seccomp filter");
  __builtin_memcpy (copy, program, length);
  struct sock_fprog fprog = { (unsigned short)(length / sizeof (struct sock_filter)), copy };
  if (syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &fprog) < 0)
    return fail (err, errno, "load the seccomp filter of %u instructions", fprog.len);
  return 0;
}

int become (struct last_step *last, struct error *err)
{
  struct cursor c = last->capabilities;
  bool limited = c.at != NULL;
  uint64_t known = known_capabilities ();
  uint64_t bounding = take_number (&c), effective = take_number (&c) & known, permitted = take_number (&c) & known,
           inheritable = take_number (&c) & known, ambient = take_number (&c) & known;
  if (last->umask >= 0)
    umask ((mode_t)last->umask);
  if (limited && drop_bounding (bounding, err) < 0)
    return -1;
  if (limited && prctl (PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
    return fail (err, errno, "keep capabilities");
  if (last->user.at && set_ids (last->user, err) < 0)
    return -1;
  if (!limited)
    return 0;
  prctl (PR_SET_KEEPCAPS, 0, 0, 0, 0);
  if (set_capabilities (effective, permitted, inheritable, err) < 0)
    return -1;
  return set_ambient (ambient, err);
}
