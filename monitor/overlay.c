/* Overlays on kernels before 6.5, which take all layers in one string of at most a page. */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

enum
{
  PAGE = 4096
};

struct text
{
  char data[PAGE];
  size_t length;
};

bool kernel_before (int major, int minor)
{
  struct utsname name;
  int have_major = 0, have_minor = 0;
  if (uname (&name) < 0 || sscanf (name.release, "%d.%d", &have_major, &have_minor) != 2)
    return false;
  return have_major < major || (have_major == major && have_minor < minor);
}

static int add (struct text *t, const char *first, const char *second)
{
  int added = snprintf (t->data + t->length, PAGE - t->length, "%s%s", first, second);
  if (added < 0 || (size_t)added >= PAGE - t->length)
    return -1;
  t->length += (size_t)added;
  return 0;
}

/* Paths that are long or have a separator in them are named by a descriptor, which stays open until the program runs. */
static int add_path (struct text *t, const char *before, const char *path, bool shortly)
{
  char name[40];
  if (!shortly && !strpbrk (path, ":,\\"))
    return add (t, before, path);
  int fd = open (path, O_PATH | O_CLOEXEC);
  if (fd < 0)
    return -1;
  snprintf (name, sizeof name, "/proc/self/fd/%d", fd);
  return add (t, before, name);
}

static int add_all (struct text *t, const struct overlay *o, bool shortly)
{
  t->length = 0;
  for (char **lower = o->lower; *lower; lower++)
    if (add_path (t, lower == o->lower ? "lowerdir=" : ":", *lower, shortly) < 0)
      return -1;
  if (*o->upper
      && (add_path (t, ",upperdir=", o->upper, shortly) < 0 || add_path (t, ",workdir=", o->work, shortly) < 0))
    return -1;
  for (char **option = o->options; *option; option++)
    if (add (t, ",", *option) < 0)
      return -1;
  return 0;
}

/* The mount is found where it was put: its place's own name leads to what lies on top. */
static int open_mounted (const char *place, struct error *err)
{
  char path[PATH_MAX];
  ssize_t length = readlink (place, path, sizeof path - 1);
  if (length < 0)
    return fail (err, errno, "find the mounted overlay");
  path[length] = 0;
  int fd = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return fd < 0 ? fail (err, errno, "open %s", path) : fd;
}

int mount_joined_overlay (struct setup *s, const struct overlay *o, struct error *err)
{
  struct text text;
  if (add_all (&text, o, false) < 0 && add_all (&text, o, true) < 0)
    return fail (err, ENAMETOOLONG, "mount overlay: this kernel takes fewer layers");
  cleanup_close int place = resolve (s, o->target, MISSING_DIRECTORY, err);
  if (place < 0)
    return -1;
  char path[40];
  snprintf (path, sizeof path, "/proc/self/fd/%d", place);
  if (become_owner (s, err) < 0)
    return -1;
  if (mount ("overlay", path, "overlay", (unsigned long)o->flags, text.data) < 0)
    return fail (err, errno, "mount overlay");
  if (!is_root (o->target))
    return 0;
  int root = open_mounted (path, err);
  if (root < 0)
    return -1;
  if (!*o->target)
    return keep_aside (s, root, err);
  close_fd (&s->root);
  s->root = root;
  return 0;
}
