#include "side.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

int start (const char *usage, const char *directory, int (*open_door) (const char *directory))
{
  if (!directory)
    {
      fprintf (stderr, "usage: %s\n", usage);
      return 2;
    }
  if (loop_open () < 0 || open_door (directory) < 0)
    {
      fprintf (stderr, "cannot listen in %s: %s\n", directory, strerror (errno));
      return 1;
    }
  return detach () ? 0 : 1;
}
