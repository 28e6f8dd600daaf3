/* One direction of a connection. Bytes are looked at, passed on, and taken only as far as the other side took them: the
   kernel's buffers hold what waits, and back-pressure is theirs. Where many follow each other they go through a pipe. */
#include "relay.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

enum {
  BUFFER = 64 * 1024,
  /* Of one direction in one turn, so that a fast one leaves the others theirs. */
  TURN = 2 * 1024 * 1024,
  /* So many bytes one after the other are worth a pipe; a pause halves what was counted. */
  MANY = 64 * 1024,
  COUNTED = 4 * MANY,
  AT_ONCE = 1024 * 1024,
};

/* What a step came to: bytes, or one of these. */
enum {
  DRY = -1,
  FULL = -2,
  BROKE = -3,
};

static uint8_t buffer[BUFFER];

static ssize_t without (ssize_t what)
{
  return errno == EAGAIN ? what : BROKE;
}

static ssize_t copy (int in, int out)
{
  ssize_t seen = recv (in, buffer, sizeof buffer, MSG_PEEK | MSG_DONTWAIT);
  if (seen <= 0)
    return seen == 0 ? 0 : without (DRY);
  ssize_t sent = send (out, buffer, (size_t)seen, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0)
    return without (FULL);
  /* Dropped without being copied (tcp(7), MSG_TRUNC). */
  return recv (in, NULL, (size_t)sent, MSG_TRUNC | MSG_DONTWAIT) == sent ? sent : BROKE;
}

static ssize_t drain (struct pipe *pipe, int out)
{
  ssize_t sent = splice (pipe->out, NULL, out, NULL, pipe->held, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
  if (sent < 0)
    return without (FULL);
  pipe->held -= (size_t)sent;
  return sent;
}

static ssize_t fill (struct pipe *pipe, int in)
{
  ssize_t taken = splice (in, NULL, pipe->in, NULL, AT_ONCE, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
  if (taken < 0)
    return without (DRY);
  pipe->held += (size_t)taken;
  return taken;
}

/* What is in the pipe goes first. */
static ssize_t step (struct half *from, int out, struct owner *owner)
{
  if (from->pipe && from->pipe->held > 0)
    return drain (from->pipe, out);
  if (!from->pipe && from->burst >= MANY)
    from->pipe = pipe_take (owner);
  return from->pipe ? fill (from->pipe, from->source.fd) : copy (from->source.fd, out);
}

static bool may_move (const struct half *from, const struct half *to)
{
  return !to->full && !from->ended && (!from->dry || (from->pipe && from->pipe->held > 0));
}

/* There is nothing to carry now, or never will be. */
static void pause_from (struct half *from, struct owner *owner)
{
  from->burst /= 2;
  carry_forget (from, owner);
}

enum carried carry (struct half *from, struct half *to, struct owner *owner)
{
  ssize_t left = TURN;
  while (left > 0 && may_move (from, to))
    {
      ssize_t moved = step (from, to->source.fd, owner);
      switch (moved)
        {
        case BROKE:
          return BROKEN;
        case FULL:
          to->full = true;
          break;
        case DRY:
          from->dry = true;
          pause_from (from, owner);
          break;
        case 0:
          from->ended = true;
          pause_from (from, owner);
          shutdown (to->source.fd, SHUT_WR);
          break;
        default:
          from->burst = from->burst < COUNTED ? from->burst + (size_t)moved : COUNTED;
          left -= moved;
        }
    }
  return may_move (from, to) ? MORE : CARRIED;
}

void carry_forget (struct half *from, struct owner *owner)
{
  pipe_give (owner, from->pipe);
  from->pipe = NULL;
}
