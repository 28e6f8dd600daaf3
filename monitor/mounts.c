/* File systems mounted into the container. New mounts are made detached and put in place by descriptor. */
#include "kernel.h"
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* From mount(2)'s flags to mount_setattr(2)'s: the first four have the same bits. */
uint64_t attributes_of (uint64_t flags)
{
  uint64_t attributes = flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);
  if (flags & MS_NOATIME)
    attributes |= 0x10;
  else if (flags & MS_STRICTATIME)
    attributes |= 0x20;
  if (flags & MS_NODIRATIME)
    attributes |= 0x80;
  if (flags & 256) /* MS_NOSYMFOLLOW */
    attributes |= 0x200000;
  return attributes;
}

/* The kernel's own explanation of a refused mount, when it has one: "e overlay: ...". */
static int mount_failed (int context, int number, const char *type, struct error *err)
{
  char text[160];
  ssize_t length = read (context, text, sizeof text - 1);
  if (length <= 2)
    return fail (err, number, "mount %s", type);
  text[length] = 0;
  text[strcspn (text, "\n")] = 0;
  return fail (err, number, "mount %s (%s)", type, text + 2);
}

static int set_option (int context, char *option)
{
  char *value = strchr (option, '=');
  if (!value)
    return sys_fsconfig (context, FSCONFIG_FLAG_, option, NULL);
  *value = 0;
  int result = sys_fsconfig (context, FSCONFIG_STRING_, option, value + 1);
  int number = errno;
  *value = '=';
  errno = number;
  return result;
}

/* A detached mount of a new file system. Options are name or name=value. */
int new_mount (const char *type, const char *source, char **options, uint64_t flags, struct error *err)
{
  cleanup_close int context = sys_fsopen (type);
  if (context < 0)
    return fail (err, errno, "mount %s", type);
  fcntl (context, F_SETFL, O_NONBLOCK);
  if (source && *source && sys_fsconfig (context, FSCONFIG_STRING_, "source", source) < 0)
    return mount_failed (context, errno, type, err);
  for (char **option = options; option && *option; option++)
    if (**option && set_option (context, *option) < 0)
      return mount_failed (context, errno, type, err);
  if (sys_fsconfig (context, FSCONFIG_CREATE_, NULL, NULL) < 0)
    return mount_failed (context, errno, type, err);
  int mount = sys_fsmount (context, (unsigned)attributes_of (flags));
  return mount < 0 ? mount_failed (context, errno, type, err) : mount;
}

bool is_root (const char *target)
{
  return target[strspn (target, "/")] == 0;
}

/* Puts a detached mount in place; over the root it becomes the root. Takes the descriptor. */
int attach_mount (struct setup *s, int mount, const char *target, enum missing missing, struct error *err)
{
  cleanup_close int detached = mount;
  cleanup_close int place = resolve (s, target, missing, err);
  if (place < 0)
    return -1;
  if (sys_move_mount (detached, place) < 0)
    return fail (err, errno, "mount over %s", target);
  if (is_root (target))
    {
      close_fd (&s->root);
      s->root = steal (&detached);
    }
  return 0;
}

int root_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *path = take_text (f);
  close_fd (&s->root);
  s->root = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return s->root < 0 ? fail (err, errno, "open root %s", path) : 0;
}

/* Cuts "a,b=c" at its commas. The list belongs to the caller; it points into text. */
static char **split (char *text)
{
  size_t count = 2;
  for (char *at = text; *at; at++)
    count += *at == ',';
  char **parts = calloc (count, sizeof *parts);
  size_t i = 0;
  for (char *part = strsep (&text, ","); parts && part; part = strsep (&text, ","))
    parts[i++] = part;
  return parts;
}

static int mount_data (const char *type, const char *source, const char *data, uint64_t flags, struct error *err)
{
  cleanup_free char *copy = strdup (data);
  cleanup_free char **options = copy ? split (copy) : NULL;
  if (!options)
    return fail (err, ENOMEM, "mount %s", type);
  return new_mount (type, source, options, flags, err);
}

int mount_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *type = take_text (f), *source = take_text (f), *target = take_text (f);
  uint64_t flags = take_number (f);
  int mount = mount_data (type, source, take_text (f), flags, err);
  return mount < 0 ? -1 : attach_mount (s, mount, target, MISSING_DIRECTORY, err);
}

/* fsconfig(2) takes strings of up to 255 bytes: a longer path is named by a descriptor, kept open until the mount. */
static int set_path (int context, const char *key, const char *path, struct error *err)
{
  char name[40];
  if (strlen (path) > 255)
    {
      int fd = open (path, O_PATH | O_CLOEXEC);
      if (fd < 0)
        return fail (err, errno, "open %s", path);
      snprintf (name, sizeof name, "/proc/self/fd/%d", fd);
      path = name;
    }
  if (sys_fsconfig (context, FSCONFIG_STRING_, key, path) < 0)
    return mount_failed (context, errno, "overlay", err);
  return 0;
}

static int set_lower (int context, char **lower, struct error *err)
{
  for (char **directory = lower; *directory; directory++)
    if (set_path (context, "lowerdir+", *directory, err) < 0)
      return -1;
  return 0;
}

int overlay_operation (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f), *upper = take_text (f), *work = take_text (f);
  uint64_t flags = take_number (f);
  cleanup_free char **lower = take_texts (f);
  cleanup_free char **options = take_texts (f);
  if (!lower || !options || f->bad)
    return fail (err, EINVAL, "overlay");
  struct overlay overlay = { .target = target, .upper = upper, .work = work, .flags = flags, .lower = lower, .options = options };
  if (map_overlay (s, &overlay, err) < 0)
    return -1;
  if (kernel_before (6, 5))
    return mount_joined_overlay (s, &overlay, err);
  cleanup_close int context = sys_fsopen ("overlay");
  if (context < 0)
    return fail (err, errno, "mount overlay");
  fcntl (context, F_SETFL, O_NONBLOCK);
  sys_fsconfig (context, FSCONFIG_STRING_, "source", "overlay");
  if (set_lower (context, overlay.lower, err) < 0)
    return -1;
  if (*overlay.upper && (set_path (context, "upperdir", overlay.upper, err) < 0 || set_path (context, "workdir", overlay.work, err) < 0))
    return -1;
  for (char **option = options; *option; option++)
    if (set_option (context, *option) < 0)
      return mount_failed (context, errno, "overlay", err);
  if (become_owner (s, err) < 0)
    return -1;
  if (sys_fsconfig (context, FSCONFIG_CREATE_, NULL, NULL) < 0)
    return mount_failed (context, errno, "overlay", err);
  int mount = sys_fsmount (context, (unsigned)attributes_of (flags));
  if (mount < 0)
    return mount_failed (context, errno, "overlay", err);
  return *target ? attach_mount (s, mount, target, MISSING_DIRECTORY, err) : put_aside (s, mount, err);
}

int tmpfs_copy_up (struct setup *s, struct cursor *f, struct error *err)
{
  const char *target = take_text (f);
  uint64_t flags = take_number (f);
  cleanup_close int old = resolve (s, target, MISSING_DIRECTORY, err);
  if (old < 0)
    return -1;
  struct stat st;
  if (fstat (old, &st) < 0)
    return fail (err, errno, "stat %s", target);
  cleanup_close int mount = mount_data ("tmpfs", "tmpfs", take_text (f), flags & ~(uint64_t)MS_RDONLY, err);
  if (mount < 0 || copy_tree (old, mount, err) < 0)
    return -1;
  struct mount_attributes read_only = { .attr_set = flags & MS_RDONLY };
  if (read_only.attr_set && sys_mount_setattr (mount, 0, &read_only) < 0)
    return fail (err, errno, "make %s read-only", target);
  return attach_mount (s, steal (&mount), target, MISSING_DIRECTORY, err);
}
