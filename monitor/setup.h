/* The first process of a container, or of an exec, until its program runs. */
#ifndef SETUP_H
#define SETUP_H
#include "error.h"
#include "plan.h"

#include <sys/types.h>

enum
{
  MAX_ID_MAPS = 16,
  MAX_ASIDE = 64,
  MAX_START_HOOKS = 32
};

/* What the last step applies, collected on the way there; cursors point into the plan. */
struct last_step
{
  struct cursor user, capabilities, seccomp;
  struct cursor hooks[MAX_START_HOOKS];
  size_t hook_count;
  char **arguments, **environment;
  const char *directory, *apparmor, *selinux;
  int umask;
  bool no_new_privileges;
};


/* A user namespace that lends its ranges to mounts; the texts point into the plan. */
struct id_map
{
  const char *users, *groups;
  int fd;
};

struct setup
{
  struct cursor plan;
  uint64_t namespaces; /* to create */
  bool enters_user, init, terminal;
  int channel;         /* to the monitor */
  int stdio[3];        /* with a terminal: its slave, from TERMINAL on */
  int root;            /* paths in the container resolve against it */
  int master;          /* of a terminal, until the monitor has it */
  int *cgroups;        /* v1 tasks files, -1 at the end */
  uint64_t user_id;
  struct id_map id_maps[MAX_ID_MAPS];
  struct id_map *mapped; /* of the next mount */
  bool maps_below;       /* and of all below it */
  uid_t mapped_user;     /* whom its root belongs to */
  gid_t mapped_group;
  uid_t owner; /* who makes files now; 0 for the host's root */
  gid_t owner_group;
  int aside[MAX_ASIDE]; /* overlays below what will be the root */
  int aside_count;
  struct last_step last;
};

enum report_kind
{
  REPORT_PID,
  REPORT_PREPARED,
  REPORT_FAILED
};

struct report
{
  enum report_kind kind;
  pid_t pid;
  struct error error;
};

void send_report (int channel, const struct report *report, int descriptor);
_Noreturn void first_process (struct setup *s);
/* Operations up to a user namespace's entry; leaves the plan there. */
int run_operations (struct setup *s, bool until_user, struct error *err);
int prepare_mount_namespace (struct setup *s, struct error *err);

/* root.c */
enum missing
{
  MISSING_FAILS,
  MISSING_DIRECTORY,
  MISSING_FILE
};
/* An O_PATH descriptor of a path inside the root; never outside of it. */
int resolve (const struct setup *s, const char *path, enum missing missing, struct error *err);
int make_directories (const struct setup *s, const char *path, mode_t mode, uid_t uid, gid_t gid, struct error *err);
/* The directory that holds a path's last component, made if missing; name is set to that component. */
int resolve_parent (const struct setup *s, const char *path, const char **name, struct error *err);

/* mounts.c, binds.c */
int root_operation (struct setup *s, struct cursor *f, struct error *err);
int mount_operation (struct setup *s, struct cursor *f, struct error *err);
struct overlay
{
  const char *target, *upper, *work;
  uint64_t flags;
  char **lower, **options;
};

bool is_root (const char *target);
bool kernel_before (int major, int minor);
int mount_joined_overlay (struct setup *s, const struct overlay *overlay, struct error *err);
int overlay_operation (struct setup *s, struct cursor *f, struct error *err);
int tmpfs_copy_up (struct setup *s, struct cursor *f, struct error *err);
int attach_mount (struct setup *s, int mount, const char *target, enum missing missing, struct error *err);
int new_mount (const char *type, const char *source, char **options, uint64_t flags, struct error *err);
uint64_t attributes_of (uint64_t flags);
/* Takes the descriptor of a mount that lies below what will be the root. */
int keep_aside (struct setup *s, int mount, struct error *err);
int put_aside (struct setup *s, int mount, struct error *err);
int bind_aside_operation (struct setup *s, struct cursor *f, struct error *err);
int bind_operation (struct setup *s, struct cursor *f, struct error *err);
int remount_operation (struct setup *s, struct cursor *f, struct error *err);
int propagation_operation (struct setup *s, struct cursor *f, struct error *err);
int attributes_operation (struct setup *s, struct cursor *f, struct error *err);
int mask_path (struct setup *s, struct cursor *f, struct error *err);
int read_only_path (struct setup *s, struct cursor *f, struct error *err);
int read_only_root (struct setup *s, struct error *err);
int pivot_root_operation (struct setup *s, struct error *err);
int own_root (struct setup *s, struct error *err);

/* idmap.c */
int prepare_id_map (struct id_map *maps, struct cursor *f, struct error *err);
int map_ids_operation (struct setup *s, struct cursor *f, struct error *err);
int map_ids (struct setup *s, int mount, const char *what, struct error *err);
int become_owner (struct setup *s, struct error *err);
int open_host_tree (const struct setup *s, const char *path, unsigned flags);
/* Says on standard output why directories there can not be layers of mapped overlays. */
int probe_id_maps (const char *directory);
int map_overlay (struct setup *s, struct overlay *overlay, struct error *err);

/* files.c */
int directory_operation (struct setup *s, struct cursor *f, struct error *err);
int symlink_operation (struct setup *s, struct cursor *f, struct error *err);
int device_operation (struct setup *s, struct cursor *f, struct error *err);
int file_operation (struct setup *s, struct cursor *f, struct error *err);
int owner_operation (struct setup *s, struct cursor *f, struct error *err);
int mode_operation (struct setup *s, struct cursor *f, struct error *err);
int sysctl_operation (struct cursor *f, struct error *err);
int copy_tree (int from, int to, struct error *err);
int write_file (int dir, const char *path, const char *content, struct error *err);

/* hook.c */
int hook_operation (struct cursor *f, struct error *err);

/* terminal.c */
int terminal_operation (struct setup *s, struct cursor *f, struct error *err);

/* program.c, identity.c, init.c */
int become (struct last_step *last, struct error *err);
int load_seccomp (struct cursor filter, struct error *err);
_Noreturn void run_program (struct setup *s, struct error *err);
_Noreturn void run_init (pid_t program);

/* Renames this process for ps; overwrites its arguments. */
void entitle (const char *name);
#endif
