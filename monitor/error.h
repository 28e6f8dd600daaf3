/* What failed, in words for a person and numbers for the engine. */
#ifndef ERROR_H
#define ERROR_H
#include <stdint.h>

struct error
{
  int number;         /* errno */
  uint32_t operation; /* of the plan; 0 outside of one */
  char text[240];
};

/* Both fill err and return -1; fail adds what errno means. */
int fail (struct error *err, int number, const char *format, ...) __attribute__ ((format (printf, 3, 4)));
int fail_plain (struct error *err, int number, const char *format, ...) __attribute__ ((format (printf, 3, 4)));

void close_fd (int *fd);
void free_memory (void *pointer);
#define cleanup_close __attribute__ ((cleanup (close_fd)))
#define cleanup_free __attribute__ ((cleanup (free_memory)))

/* Gives up ownership of a descriptor that cleanup_close would close. */
static inline int steal (int *fd)
{
  int value = *fd;
  *fd = -1;
  return value;
}
#endif
