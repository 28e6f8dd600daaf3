/* What the programs beside the engine have in common: a loop over descriptors, the engine's door, and their confinement.
   They outlive the engine, and the next one finds them by a socket in its directory. */
#ifndef NARU_SIDE_H
#define NARU_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

enum {
  MAX_TEXT = 255,
  MAX_PACKET = 65536,
  /* The kernel passes no more at once (SCM_MAX_FD). */
  MAX_FDS = 253,
};

/* Something in the loop. */
struct source
{
  int fd;
  void (*ready) (struct source *source, uint32_t events);
};

/* A message that is read field by field. */
struct reader
{
  const uint8_t *at;
  const uint8_t *end;
  bool broken;
};

/* Text keys to anything; a null value is none. */
struct map
{
  size_t size;
  size_t used;
  struct entry **buckets;
};

/* loop.c */
int loop_open (void);
int loop_add (struct source *source, uint32_t events);
void loop_change (struct source *source, uint32_t events);
/* Closes it too; what the turn still had for it is void. */
void loop_remove (struct source *source);
/* Serves what is ready; waits for it for so many milliseconds, -1 for ever. */
void loop_turn (int patience);
uint64_t now_ms (void);
/* Says that it listens, then leaves the engine's terminal, streams and directory; false when nobody waited for it. */
bool detach (void);

/* start.c */
/* Listens in a directory, none where the arguments are wrong, and leaves the engine. 0, or the status to end with. */
int start (const char *usage, const char *directory, int (*open_door) (const char *directory));

/* door.c */
/* Listens in a directory. What is served takes descriptors out of the message by lowering their count to 0; it answers
   whether the engine could be told. */
int door_open (const char *directory, const char *name,
               bool (*serve) (int fd, struct reader *in, int *fds, size_t *count));
bool door_connected (void);
unsigned number (struct reader *in, size_t bytes);
void text (struct reader *in, char out[MAX_TEXT + 1]);
/* Never waits for an engine that does not read. */
bool tell (int fd, const void *bytes, size_t length);
bool tell_status (int fd, int status);
/* The keys of a map, in as many packets as they need. */
bool tell_keys (int fd, struct map *map);

/* map.c */
void *map_get (const struct map *map, const char *key);
/* Answers the value that was there before; a null value removes. False when memory is out. */
bool map_put (struct map *map, const char *key, void *value, void **before);
void map_each (struct map *map, void (*visit) (const char *key, void *value, void *context), void *context);
void map_clear (struct map *map, void (*drop) (void *value));

/* confine.c */
/* No capabilities, no new ones, and only these system calls besides those that memory, time and the end take. */
void confine (const int *calls, size_t count);

#endif
