/* System calls that musl has no wrapper for, and the kernel's structures for them. */
#ifndef KERNEL_H
#define KERNEL_H
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

struct clone_arguments
{
  uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
struct open_how
{
  uint64_t flags, mode, resolve;
};
struct mount_attributes
{
  uint64_t attr_set, attr_clr, propagation, userns_fd;
};

enum
{
  RESOLVE_NO_MAGICLINKS_ = 0x02,
  RESOLVE_BENEATH_ = 0x08,
  RESOLVE_IN_ROOT_ = 0x10,
  OPEN_TREE_CLONE_ = 1,
  RECURSIVE_ = 0x8000,
  EMPTY_PATH_ = 0x1000,
  MOVE_F_EMPTY_ = 0x4,
  MOVE_T_EMPTY_ = 0x40,
  FSCONFIG_FLAG_ = 0,
  FSCONFIG_STRING_ = 1,
  FSCONFIG_CREATE_ = 6,
};
#define CLONE_INTO_CGROUP_ 0x200000000ULL

static inline int sys_clone3 (struct clone_arguments *a)
{
  return (int)syscall (SYS_clone3, a, sizeof *a);
}
static inline int sys_openat2 (int dir, const char *path, struct open_how *how)
{
  return (int)syscall (SYS_openat2, dir, path, how, sizeof *how);
}
static inline int sys_open_tree (int dir, const char *path, unsigned flags)
{
  return (int)syscall (SYS_open_tree, dir, path, flags);
}
/* Both ends by descriptor: no path is looked up again between check and use. */
static inline int sys_move_mount (int from, int to)
{
  return (int)syscall (SYS_move_mount, from, "", to, "", MOVE_F_EMPTY_ | MOVE_T_EMPTY_);
}
static inline int sys_mount_setattr (int fd, unsigned flags, struct mount_attributes *a)
{
  return (int)syscall (442, fd, "", EMPTY_PATH_ | flags, a, sizeof *a);
}
static inline int sys_fsopen (const char *type)
{
  return (int)syscall (SYS_fsopen, type, 1);
}
static inline int sys_fsconfig (int fd, unsigned command, const char *key, const char *value)
{
  return (int)syscall (SYS_fsconfig, fd, command, key, value, 0);
}
static inline int sys_fsmount (int fd, unsigned attributes)
{
  return (int)syscall (SYS_fsmount, fd, 1, attributes);
}
static inline int sys_pidfd_open (pid_t pid)
{
  return (int)syscall (SYS_pidfd_open, pid, 0);
}
static inline int sys_close_range (unsigned first, unsigned last, unsigned flags)
{
  return (int)syscall (436, first, last, flags);
}
#endif
