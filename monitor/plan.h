/* The engine's binary form: see PlanOperation.java, PlanWriter.java and MonitorMessage.java, which repeat it. */
#ifndef PLAN_H
#define PLAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum operation
{
  CREATE_NAMESPACES = 1,
  JOIN_NAMESPACE,
  JOIN_CONTAINER,
  UID_MAP,
  GID_MAP,
  CGROUP_V1,
  CGROUP_V2,
  OOM_COUNTER,
  OOM_SCORE,
  INIT,
  STREAM_OWNER,
  ENTER_USER_NAMESPACE = 32,
  HOSTNAME,
  DOMAINNAME,
  ROOT,
  MOUNT,
  BIND,
  REMOUNT,
  PROPAGATION,
  OVERLAY,
  MOUNT_ATTRIBUTES,
  TMPFS_COPY_UP,
  DIRECTORY,
  SYMLINK,
  DEVICE,
  REGULAR_FILE,
  OWNER,
  MODE,
  MASK_PATH,
  READ_ONLY_PATH,
  READ_ONLY_ROOT,
  PIVOT_ROOT,
  SYSCTL,
  RLIMIT,
  TERMINAL,
  SESSION_KEYRING,
  MAP_IDS,
  BIND_ASIDE,
  HOOK,
  UMASK = 80,
  USER,
  CAPABILITIES,
  NO_NEW_PRIVILEGES,
  SECCOMP,
  APPARMOR,
  SELINUX,
  WORKING_DIRECTORY,
  ENVIRONMENT,
  ARGUMENTS,
  START_HOOK
};

enum message
{
  LAUNCH = 1,
  CONTROL,
  ATTACH,
  START,
  SIGNAL,
  RESIZE,
  CLOSE_STDIN,
  REOPEN_LOG,
  STATUS,
  EXEC,
  FIND,
  REPLACE_LOG,
  DONE = 64,
  FAILED,
  EXITED
};

/* A place in the binary form. Reading past the end gives zeros and sets bad. */
struct cursor
{
  const uint8_t *at, *end;
  bool bad;
};

uint64_t take_number (struct cursor *c);
const char *take_bytes (struct cursor *c, size_t *length);
const char *take_text (struct cursor *c);
/* The strings of a counted list, NULL-terminated, in one allocation; they point into the plan. */
char **take_texts (struct cursor *c);
bool next_operation (struct cursor *plan, uint32_t *code, struct cursor *fields);
#endif
