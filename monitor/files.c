/* Files, directories, links and device nodes made in the container's root. */
#include "setup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int write_all (int fd, const char *data, size_t length)
{
  while (length > 0)
    {
      ssize_t written = write (fd, data, length);
      if (written < 0 && errno != EINTR)
        return -1;
      if (written > 0)
        {
          data += written;
          length -= (size_t)written;
        }
    }
  return 0;
}

int write_file (int dir, const char *path, const char *content, struct error *err)
{
  cleanup_close int fd = openat (dir, path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return fail (err, errno, "open %s", path);
  size_t length = strlen (content);
  /* One write: the kernel's parameter files take no second one. */
  if (write (fd, content, length) != (ssize_t)length)
    return fail (err, errno, "write \"%.100s\" to %s", content, path);
  return 0;
}

int directory_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f);
  mode_t mode = (mode_t)take_number (f);
  uid_t uid = (uid_t)take_number (f);
  cleanup_close int fd = make_directories (s, target, mode, uid, (gid_t)take_number (f), err);
  return fd < 0 ? -1 : 0;
}

int symlink_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *content = take_text (f), *target = take_text (f), *name;
  cleanup_close int parent = resolve_parent (s, target, &name, err);
  if (parent < 0)
    return -1;
  if (symlinkat (content, parent, name) < 0 && errno != EEXIST)
    return fail (err, errno, "make link %s", target);
  return 0;
}

int device_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f), *name;
  mode_t mode = (mode_t)take_number (f);
  unsigned major = (unsigned)take_number (f), minor = (unsigned)take_number (f);
  uid_t uid = (uid_t)take_number (f);
  gid_t gid = (gid_t)take_number (f);
  cleanup_close int parent = resolve_parent (s, target, &name, err);
  if (parent < 0)
    return -1;
  if (mknodat (parent, name, mode, makedev (major, minor)) < 0)
    {
      struct stat st;
      int number = errno;
      /* An image may bring the very same node. */
      if (number != EEXIST || fstatat (parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0
          || (st.st_mode & S_IFMT) != (mode & S_IFMT) || st.st_rdev != makedev (major, minor))
        return fail (err, number, "make device %s", target);
    }
  if (fchownat (parent, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0 || fchmodat (parent, name, mode & 07777, 0) < 0)
    return fail (err, errno, "own device %s", target);
  return 0;
}

int file_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f), *name;
  mode_t mode = (mode_t)take_number (f);
  uid_t uid = (uid_t)take_number (f);
  gid_t gid = (gid_t)take_number (f);
  size_t length;
  const char *content = take_bytes (f, &length);
  cleanup_close int parent = resolve_parent (s, target, &name, err);
  if (parent < 0)
    return -1;
  cleanup_close int fd
      = openat (parent, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode & 07777);
  struct stat st;
  if (fd < 0 || fstat (fd, &st) < 0)
    return fail (err, errno, "write file %s", target);
  if (!S_ISREG (st.st_mode))
    return fail (err, EINVAL, "write file %s", target);
  if (ftruncate (fd, 0) < 0 || write_all (fd, content, length) < 0 || fchown (fd, uid, gid) < 0
      || fchmod (fd, mode & 07777) < 0)
    return fail (err, errno, "write file %s", target);
  return 0;
}

int owner_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f);
  uid_t uid = (uid_t)take_number (f);
  cleanup_close int fd = resolve (s, target, MISSING_FAILS, err);
  if (fd < 0)
    return -1;
  if (fchownat (fd, "", uid, (gid_t)take_number (f), AT_EMPTY_PATH) < 0)
    return fail (err, errno, "own %s", target);
  return 0;
}

int mode_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f);
  cleanup_close int fd = resolve (s, target, MISSING_FAILS, err);
  if (fd < 0)
    return -1;
  char path[40];
  snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  return chmod (path, (mode_t)take_number (f) & 07777) < 0 ? fail (err, errno, "set the mode of %s", target) : 0;
}

int sysctl_operation (struct cursor *f, struct error *err)
{
  const char *name = take_text (f), *value = take_text (f);
  char path[PATH_MAX];
  int length = snprintf (path, sizeof path, "/proc/sys/%s", name);
  if (length < 0 || (size_t)length >= sizeof path || strstr (name, ".."))
    return fail (err, EINVAL, "sysctl %s", name);
  /* net.ipv4.ip_forward or, for names with dots in them, net/ipv4/conf/eth0.1/forwarding */
  if (!strchr (name, '/'))
    for (char *at = path + strlen ("/proc/sys/"); *at; at++)
      if (*at == '.')
        *at = '/';
  return write_file (AT_FDCWD, path, value, err);
}

static int copy_file (int from, int to, const char *name, const struct stat *st, struct error *err)
{
  cleanup_close int in = openat (from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  cleanup_close int out = openat (to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, st->st_mode & 07777);
  if (in < 0 || out < 0)
    return fail (err, errno, "copy %s", name);
  ssize_t copied;
  do
    copied = sendfile (out, in, NULL, 1 << 20);
  while (copied > 0);
  return copied < 0 ? fail (err, errno, "copy %s", name) : 0;
}

static int copy_link (int from, int to, const char *name, struct error *err)
{
  char content[PATH_MAX];
  ssize_t length = readlinkat (from, name, content, sizeof content - 1);
  if (length < 0)
    return fail (err, errno, "read link %s", name);
  content[length] = 0;
  return symlinkat (content, to, name) < 0 ? fail (err, errno, "copy link %s", name) : 0;
}

static int copy_directory (int from, int to, const char *name, struct error *err)
{
  cleanup_close int in = openat (from, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (in < 0 || mkdirat (to, name, 0700) < 0)
    return fail (err, errno, "copy directory %s", name);
  cleanup_close int out = openat (to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  return out < 0 ? fail (err, errno, "copy directory %s", name) : copy_tree (in, out, err);
}

static int copy_entry (int from, int to, const char *name, struct error *err)
{
  struct stat st;
  if (fstatat (from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
    return fail (err, errno, "stat %s", name);
  int result = S_ISDIR (st.st_mode)   ? copy_directory (from, to, name, err)
               : S_ISLNK (st.st_mode) ? copy_link (from, to, name, err)
               : S_ISREG (st.st_mode) ? copy_file (from, to, name, &st, err)
               : mknodat (to, name, st.st_mode, st.st_rdev) < 0 ? fail (err, errno, "copy %s", name)
                                                                 : 0;
  if (result < 0 || fchownat (to, name, st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW) < 0)
    return result < 0 ? -1 : fail (err, errno, "own %s", name);
  if (!S_ISLNK (st.st_mode) && fchmodat (to, name, st.st_mode & 07777, 0) < 0)
    return fail (err, errno, "set the mode of %s", name);
  return 0;
}

static void close_directory (DIR **directory)
{
  if (*directory)
    closedir (*directory);
}

/* Copies what a directory holds, with its own owner and mode. */
int copy_tree (int from, int to, struct error *err)
{
  struct stat st;
  int readable = openat (from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  __attribute__ ((cleanup (close_directory))) DIR *entries = readable < 0 ? NULL : fdopendir (readable);
  if (!entries || fstat (readable, &st) < 0)
    return fail (err, errno, "read a directory to copy");
  if (fchownat (to, "", st.st_uid, st.st_gid, AT_EMPTY_PATH) < 0 || fchmodat (to, ".", st.st_mode & 07777, 0) < 0)
    return fail (err, errno, "own a copied directory");
  for (struct dirent *entry = readdir (entries); entry; entry = readdir (entries))
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0
        && copy_entry (from, to, entry->d_name, err) < 0)
      return -1;
  return 0;
}
