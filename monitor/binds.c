/* Parts of the file tree shown again: binds, masks, attributes, and the change of root. */
#include "kernel.h"
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

static int is_directory (int fd)
{
  struct stat st;
  return fstat (fd, &st) == 0 && S_ISDIR (st.st_mode);
}

static int set_attributes (int mount, uint64_t flags, bool recursive)
{
  struct mount_attributes a = { .attr_set = attributes_of (flags) };
  if (flags & (MS_NOATIME | MS_RELATIME | MS_STRICTATIME))
    a.attr_clr = 0x70;
  if (!a.attr_set && !a.attr_clr)
    return 0;
  return sys_mount_setattr (mount, recursive ? RECURSIVE_ : 0, &a);
}

int bind_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *source = take_text (f), *target = take_text (f);
  uint64_t flags = take_number (f);
  cleanup_close int mount
      = open_host_tree (s, source, OPEN_TREE_CLONE_ | O_CLOEXEC | (flags & MS_REC ? RECURSIVE_ : 0));
  if (mount < 0)
    return fail (err, errno, errno == EXDEV ? "bind source path %s leads out of volume" : "bind source path %s", source);
  if (set_attributes (mount, flags, false) < 0)
    return fail (err, errno, "set the mount options of %s", target);
  if (map_ids (s, mount, source, err) < 0)
    return -1;
  enum missing missing = is_directory (mount) ? MISSING_DIRECTORY : MISSING_FILE;
  return attach_mount (s, steal (&mount), target, missing, err);
}

int keep_aside (struct setup *s, int mount, struct error *err)
{
  if (s->aside_count == MAX_ASIDE)
    {
      close (mount);
      return fail_plain (err, E2BIG, "too many mounts of images");
    }
  s->aside[s->aside_count++] = mount;
  return 0;
}

/* Before Linux 6.15 only a mount that is somewhere in the own mount namespace can be shown in parts. */
int put_aside (struct setup *s, int mount, struct error *err)
{
  if (sys_move_mount (mount, s->root) < 0)
    {
      close (mount);
      return fail (err, errno, "mount an image aside");
    }
  return keep_aside (s, mount, err);
}

int bind_aside_operation (struct setup *s, struct cursor *f, struct error *err)
{
  uint64_t index = take_number (f);
  const char *part = take_text (f), *target = take_text (f);
  uint64_t flags = take_number (f);
  if (index >= (uint64_t)s->aside_count)
    return fail_plain (err, EINVAL, "the plan has no mount aside for %s", target);
  struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT_ };
  cleanup_close int shown = sys_openat2 (s->aside[index], *part ? part : ".", &how);
  if (shown < 0)
    return fail (err, errno, "cannot access path %s of the image at %s", part, target);
  cleanup_close int mount = sys_open_tree (shown, "", OPEN_TREE_CLONE_ | O_CLOEXEC | EMPTY_PATH_);
  if (mount < 0)
    return fail (err, errno, "mount image at %s", target);
  if (set_attributes (mount, flags, false) < 0)
    return fail (err, errno, "set the mount options of %s", target);
  enum missing missing = is_directory (mount) ? MISSING_DIRECTORY : MISSING_FILE;
  return attach_mount (s, steal (&mount), target, missing, err);
}

/* The root in a mount namespace that was copied into a user namespace. There all mounts are locked to each other, and a
 * locked one can't become the root of a process: so it is bound over itself. */
int own_root (struct setup *s, struct error *err)
{
  cleanup_close int locked = open (".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int mount = locked < 0 ? -1 : sys_open_tree (locked, "", OPEN_TREE_CLONE_ | O_CLOEXEC | RECURSIVE_ | EMPTY_PATH_);
  if (mount < 0)
    return fail (err, errno, "open the root in the user namespace");
  close_fd (&s->root);
  s->root = steal (&locked);
  return attach_mount (s, mount, "/", MISSING_FAILS, err);
}

int remount_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f);
  uint64_t flags = take_number (f);
  const char *data = take_text (f);
  cleanup_close int fd = resolve (s, target, MISSING_FAILS, err);
  if (fd < 0)
    return -1;
  if (flags & MS_BIND)
    return set_attributes (fd, flags, false) < 0 ? fail (err, errno, "remount %s", target) : 0;
  char path[40];
  snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  if (mount (NULL, path, NULL, MS_REMOUNT | (unsigned long)flags, *data ? data : NULL) < 0)
    return fail (err, errno, "remount %s", target);
  return 0;
}

int propagation_operation (struct setup *s, struct cursor *f, struct error *err)
{
  bool inside = take_number (f) != 0;
  const char *path = take_text (f);
  uint64_t flags = take_number (f);
  if (!inside)
    return mount (NULL, path, NULL, (unsigned long)flags, NULL) < 0 ? fail (err, errno, "propagation of %s", path) : 0;
  cleanup_close int fd = resolve (s, path, MISSING_FAILS, err);
  if (fd < 0)
    return -1;
  struct mount_attributes a = { .propagation = flags & (MS_SHARED | MS_SLAVE | MS_PRIVATE | MS_UNBINDABLE) };
  if (sys_mount_setattr (fd, flags & MS_REC ? RECURSIVE_ : 0, &a) < 0)
    return fail (err, errno, "propagation of %s", path);
  return 0;
}

int attributes_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f);
  bool recursive = take_number (f) != 0;
  struct mount_attributes a = { .attr_set = take_number (f), .attr_clr = take_number (f) };
  cleanup_close int fd = resolve (s, target, MISSING_FAILS, err);
  if (fd < 0)
    return -1;
  if (sys_mount_setattr (fd, recursive ? RECURSIVE_ : 0, &a) < 0)
    return fail (err, errno, "mount attributes of %s", target);
  return 0;
}

int mask_path (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f);
  cleanup_close int place = resolve (s, target, MISSING_FAILS, err);
  if (place < 0)
    return err->number == ENOENT || err->number == ENOTDIR ? 0 : -1;
  cleanup_close int mount = is_directory (place)
                                ? new_mount ("tmpfs", "tmpfs", NULL, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, err)
                                : sys_open_tree (AT_FDCWD, "/dev/null", OPEN_TREE_CLONE_ | O_CLOEXEC);
  if (mount < 0 || sys_move_mount (mount, place) < 0)
    return fail (err, errno, "mask %s", target);
  return 0;
}

int read_only_path (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f);
  cleanup_close int place = resolve (s, target, MISSING_FAILS, err);
  if (place < 0)
    return err->number == ENOENT || err->number == ENOTDIR ? 0 : -1;
  cleanup_close int mount = sys_open_tree (place, "", OPEN_TREE_CLONE_ | O_CLOEXEC | RECURSIVE_ | EMPTY_PATH_);
  if (mount < 0 || set_attributes (mount, MS_RDONLY, true) < 0 || sys_move_mount (mount, place) < 0)
    return fail (err, errno, "make %s read-only", target);
  return 0;
}

int read_only_root (struct setup *s, struct error *err)
{
  return set_attributes (s->root, MS_RDONLY, false) < 0 ? fail (err, errno, "make the root read-only") : 0;
}

int pivot_root_operation (struct setup *s, struct error *err)
{
  cleanup_close int old = open ("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (old < 0 || fchdir (s->root) < 0 || syscall (SYS_pivot_root, ".", ".") < 0)
    return fail (err, errno, "pivot to the container's root");
  /* The old root lies over the new one now, but "." does not lead to it. Its unmounting must not reach the host, and
   * the container's own mounts keep their propagation. */
  if (fchdir (old) < 0 || mount (NULL, ".", NULL, MS_SLAVE | MS_REC, NULL) < 0 || umount2 (".", MNT_DETACH) < 0
      || chdir ("/") < 0)
    return fail (err, errno, "leave the host's root");
  return 0;
}
