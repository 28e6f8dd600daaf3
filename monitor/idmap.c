/* Mounts that show other owners than the disk has (mount_setattr(2), MOUNT_ATTR_IDMAP). The kernel takes the ranges from
 * a user namespace, which needs no process once it is open. */
#include "kernel.h"
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define NEW_USER_NAMESPACE 0x10000000ULL
#define ATTRIBUTE_ID_MAP 0x100000ULL

static int write_maps (int pid, const char *users, const char *groups, struct error *err)
{
  char path[40];
  snprintf (path, sizeof path, "/proc/%d/uid_map", pid);
  if (write_file (AT_FDCWD, path, users, err) < 0)
    return -1;
  snprintf (path, sizeof path, "/proc/%d/gid_map", pid);
  if (write_file (AT_FDCWD, path, groups, err) < 0)
    return -1;
  snprintf (path, sizeof path, "/proc/%d/ns/user", pid);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  return fd < 0 ? fail (err, errno, "open a user namespace") : fd;
}

static int make_user_namespace (const char *users, const char *groups, struct error *err)
{
  struct clone_arguments a = { .flags = NEW_USER_NAMESPACE };
  int pid = sys_clone3 (&a);
  if (pid < 0)
    return fail (err, errno, "make a user namespace");
  if (pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
      for (;;)
        pause ();
    }
  int fd = write_maps (pid, users, groups, err);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, __WALL);
  return fd;
}

static struct id_map *find (struct id_map *maps, const char *users, const char *groups)
{
  struct id_map *map = maps;
  while (map < maps + MAX_ID_MAPS && map->users && (strcmp (map->users, users) != 0 || strcmp (map->groups, groups) != 0))
    map++;
  return map < maps + MAX_ID_MAPS ? map : NULL;
}

int prepare_id_map (struct id_map *maps, struct cursor *f, struct error *err)
{
  const char *users = take_text (f), *groups = take_text (f);
  struct id_map *map = find (maps, users, groups);
  if (!map)
    return fail_plain (err, E2BIG, "too many different id maps of mounts");
  if (map->users)
    return 0;
  map->fd = make_user_namespace (users, groups, err);
  if (map->fd < 0)
    return -1;
  map->users = users;
  map->groups = groups;
  return 0;
}

int map_ids_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *users = take_text (f), *groups = take_text (f);
  s->mapped = find (s->id_maps, users, groups);
  s->maps_below = take_number (f) != 0;
  s->mapped_user = (uid_t)take_number (f);
  s->mapped_group = (gid_t)take_number (f);
  return s->mapped ? 0 : fail_plain (err, EINVAL, "an id map was not prepared");
}

int map_ids (struct setup *s, int mount, const char *what, struct error *err)
{
  if (!s->mapped)
    return 0;
  struct mount_attributes a = { .attr_set = ATTRIBUTE_ID_MAP, .userns_fd = (uint64_t)s->mapped->fd };
  if (sys_mount_setattr (mount, s->maps_below ? RECURSIVE_ : 0, &a) < 0)
    return fail (err, errno, "map ids of %s, whose file system may not support that", what);
  return 0;
}

/* A mount of a directory with mapped ids, under a name that is good until the program runs. Overlays take only mounts
 * of their own mount namespace before Linux 6.15, so it is put below what will be the root, where nothing is seen. */
static char *map_directory (struct setup *s, const char *directory, const char *below, struct error *err)
{
  int mount = sys_open_tree (AT_FDCWD, directory, OPEN_TREE_CLONE_ | O_CLOEXEC);
  if (mount < 0)
    {
      fail (err, errno, "open layer %s", directory);
      return NULL;
    }
  if (map_ids (s, mount, directory, err) < 0)
    return NULL;
  char name[300];
  snprintf (name, sizeof name, "/proc/self/fd/%d%s", mount, below);
  char *copy = strdup (name);
  if (!copy || sys_move_mount (mount, s->root) < 0)
    {
      fail (err, errno, "mount layer %s", directory);
      return NULL;
    }
  return copy;
}

int map_overlay (struct setup *s, struct overlay *o, struct error *err)
{
  if (!s->mapped)
    return 0;
  for (char **lower = o->lower; *lower; lower++)
    if (!(*lower = map_directory (s, *lower, "", err)))
      return -1;
  if (!*o->upper)
    return 0;
  /* Upper and work directory must be of one mount. */
  const char *upper = strrchr (o->upper, '/'), *work = strrchr (o->work, '/');
  size_t length = upper ? (size_t)(upper - o->upper) : 0;
  if (!upper || !work || length != (size_t)(work - o->work) || strncmp (o->upper, o->work, length) != 0)
    return fail_plain (err, EINVAL, "upper and work directory of a mapped overlay are not side by side");
  cleanup_free char *parent = strndup (o->upper, length);
  char *mapped = parent ? map_directory (s, parent, upper, err) : NULL;
  if (!mapped)
    return -1;
  o->upper = mapped;
  size_t stem = strlen (mapped) - strlen (upper);
  char name[300];
  snprintf (name, sizeof name, "%.*s%s", (int)stem, mapped, work);
  o->work = strdup (name);
  return o->work ? 0 : fail (err, ENOMEM, "map an overlay");
}

/* Makes files as another user from here on. All capabilities stay: overlays need them whatever the id. */
static int act_as (uid_t user, gid_t group)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct data[2];
  if (syscall (SYS_capget, &header, data) < 0)
    return -1;
  syscall (SYS_setfsgid, group);
  syscall (SYS_setfsuid, user);
  return (int)syscall (SYS_capset, &header, data);
}

/* The host's root has no place in mapped layers, neither as who mounts an overlay of them, for that is how it works, nor
 * as who makes places for mounts in it. */
int become_owner (struct setup *s, struct error *err)
{
  if (!s->mapped)
    return 0;
  s->owner = s->mapped_user;
  s->owner_group = s->mapped_group;
  return act_as (s->owner, s->owner_group) < 0 ? fail (err, errno, "become the owner of mapped layers") : 0;
}

/* What lies on the host is opened as the host's root: a network file system knows no other. */
/* What follows "/./" in a source is resolved without ever leaving what stands before it: containers write there. */
static int open_source (const char *source, unsigned flags)
{
  const char *within = strstr (source, "/./");
  if (!within)
    return sys_open_tree (AT_FDCWD, source, flags);
  char base[4096];
  snprintf (base, sizeof base, "%.*s", (int)(within - source), source);
  cleanup_close int directory = open (base, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0)
    return -1;
  struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH_ | RESOLVE_NO_MAGICLINKS_ };
  cleanup_close int found = -1;
  /* Anything renamed meanwhile, anywhere on the host, makes the kernel ask for another try at "..". */
  for (int tries = 0; tries < 128 && found < 0; tries++)
    {
      found = sys_openat2 (directory, within + 3, &how);
      if (found < 0 && errno != EAGAIN)
        return -1;
    }
  return found < 0 ? -1 : sys_open_tree (found, "", flags | EMPTY_PATH_);
}

int open_host_tree (const struct setup *s, const char *path, unsigned flags)
{
  if (s->owner && act_as (0, 0) < 0)
    return -1;
  cleanup_close int tree = open_source (path, flags);
  int number = errno;
  if (s->owner && act_as (s->owner, s->owner_group) < 0)
    return -1;
  errno = number;
  return steal (&tree);
}

int probe_id_maps (const char *directory)
{
  struct error err = { 0 };
  struct id_map map = { .fd = make_user_namespace ("0 1 1\n", "0 1 1\n", &err) };
  struct setup setup = { .mapped = &map };
  int mount = map.fd < 0 ? -1 : sys_open_tree (AT_FDCWD, directory, OPEN_TREE_CLONE_ | O_CLOEXEC);
  if (mount >= 0 && map_ids (&setup, mount, directory, &err) == 0 && !kernel_before (5, 19))
    return 0;
  dprintf (1, "%s", kernel_before (5, 19) ? "it needs Linux 5.19" : err.text);
  return 1;
}
