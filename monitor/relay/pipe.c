/* Pipes that lend bytes on their way a place in the kernel (splice(2)): they are not copied here. There are few; who gets
   none copies. */
#include "relay.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
  /* Root's pipes are counted together once it has no capabilities, and become small beyond 16384 pages (pipe(7)). */
  SIZE = 1024 * 1024,
};

static struct pipe *idle;
static size_t pipes;
/* One was asked for since the last tick. */
static bool asked;

static struct pipe *make (void)
{
  int ends[2];
  struct pipe *pipe = pipes < MOST_PIPES ? calloc (1, sizeof *pipe) : NULL;
  if (!pipe || pipe2 (ends, O_CLOEXEC | O_NONBLOCK) < 0)
    {
      free (pipe);
      return NULL;
    }
  fcntl (ends[0], F_SETPIPE_SZ, SIZE);
  *pipe = (struct pipe){ .out = ends[0], .in = ends[1] };
  pipes++;
  return pipe;
}

static void unmake (struct pipe *pipe)
{
  close (pipe->in);
  close (pipe->out);
  free (pipe);
  pipes--;
}

struct pipe *pipe_take (struct owner *owner)
{
  asked = true;
  struct pipe *pipe = NULL;
  if (owner->pipes < MOST_PIPES / OF * SHARE)
    pipe = idle ? idle : make ();
  if (!pipe)
    return NULL;
  if (pipe == idle)
    idle = pipe->next;
  owner->pipes++;
  return pipe;
}

void pipe_give (struct owner *owner, struct pipe *pipe)
{
  if (!pipe)
    return;
  owner->pipes--;
  if (pipe->held > 0)
    {
      /* Nobody wants what is in it. */
      unmake (pipe);
      return;
    }
  pipe->next = idle;
  idle = pipe;
}

bool pipes_idle (void)
{
  return idle != NULL;
}

void pipes_tick (void)
{
  for (struct pipe *next; !asked && idle; idle = next)
    {
      next = idle->next;
      unmake (idle);
    }
  asked = false;
}
