/* Paths inside the container's root. The image and, through shared volumes, other containers control what is there:
 * every step is the kernel's own resolution in the root, and everything made is made below a descriptor. */
#include "kernel.h"
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* Whoever makes a file owns it. */
#define KEEP ((uid_t)-1)

static int open_in_root (const struct setup *s, const char *path, uint64_t flags)
{
  struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT_ };
  int fd;
  /* EAGAIN: somebody renamed a directory on the way, the kernel can't tell whether ".." stayed inside */
  do
    fd = sys_openat2 (s->root, *path ? path : ".", &how);
  while (fd < 0 && (errno == EAGAIN || errno == EINTR));
  return fd;
}

static int make_component (int parent, const char *name, mode_t mode, uid_t uid, gid_t gid)
{
  if (mkdirat (parent, name, mode & 07777) < 0)
    return errno == EEXIST ? 0 : -1;
  if (fchownat (parent, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
    return -1;
  return mode & 07000 ? fchmodat (parent, name, mode & 07777, 0) : 0;
}

int make_directories (const struct setup *s, const char *path, mode_t mode, uid_t uid, gid_t gid, struct error *err)
{
  cleanup_close int whole = open_in_root (s, path, O_PATH | O_DIRECTORY);
  if (whole >= 0)
    return steal (&whole);
  char prefix[PATH_MAX];
  size_t length = strlen (path);
  if (length >= sizeof prefix)
    return fail (err, ENAMETOOLONG, "directory %s", path);
  memcpy (prefix, path, length + 1);
  cleanup_close int parent = open_in_root (s, "/", O_PATH | O_DIRECTORY);
  for (size_t at = 0; at < length && parent >= 0;)
    {
      at += strspn (path + at, "/");
      size_t end = at + strcspn (path + at, "/");
      if (end == at)
        break;
      prefix[end] = 0;
      int next = open_in_root (s, prefix, O_PATH | O_DIRECTORY);
      if (next < 0 && errno == ENOENT)
        {
          if (make_component (parent, prefix + at, mode, uid, gid) < 0)
            return fail (err, errno, "make directory %s", path);
          next = open_in_root (s, prefix, O_PATH | O_DIRECTORY);
        }
      if (next < 0)
        return fail (err, errno, "open directory %s in the container's root", path);
      close_fd (&parent);
      parent = next;
      prefix[end] = path[end];
      at = end;
    }
  return steal (&parent);
}

int resolve_parent (const struct setup *s, const char *path, const char **name, struct error *err)
{
  const char *slash = strrchr (path, '/');
  *name = slash ? slash + 1 : path;
  if (!**name || strcmp (*name, "..") == 0 || strcmp (*name, ".") == 0)
    return fail (err, EINVAL, "path %s has no last component", path);
  char parent[PATH_MAX];
  size_t length = slash ? (size_t)(slash - path) : 0;
  if (length >= sizeof parent)
    return fail (err, ENAMETOOLONG, "path %s", path);
  memcpy (parent, path, length);
  parent[length] = 0;
  return make_directories (s, parent, 0755, KEEP, KEEP, err);
}

static int make_file (const struct setup *s, const char *path, struct error *err)
{
  const char *name;
  cleanup_close int parent = resolve_parent (s, path, &name, err);
  if (parent < 0)
    return -1;
  cleanup_close int made = openat (parent, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0755);
  if (made < 0 && errno != EEXIST)
    return fail (err, errno, "make file %s in the container's root", path);
  cleanup_close int fd = open_in_root (s, path, O_PATH);
  if (fd < 0)
    return fail (err, errno, "open %s in the container's root", path);
  return steal (&fd);
}

int resolve (const struct setup *s, const char *path, enum missing missing, struct error *err)
{
  cleanup_close int fd = open_in_root (s, path, O_PATH);
  if (fd >= 0)
    return steal (&fd);
  if (errno == ENOENT && missing == MISSING_DIRECTORY)
    return make_directories (s, path, 0755, KEEP, KEEP, err);
  if (errno == ENOENT && missing == MISSING_FILE)
    return make_file (s, path, err);
  return fail (err, errno, "open %s in the container's root", path);
}
