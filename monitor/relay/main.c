/* naru-relay DIRECTORY: carries until there is nothing to carry; relay.sock in the directory is the engine's door. */
#include "relay.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum {
  TICK_MS = 1000,
  /* The next container with a port soon comes. */
  IDLE_MS = 10000,
  /* An engine that starts again comes back sooner. */
  LONELY_MS = 30000,
  RESERVE = 128,
};

/* Connections take two descriptors each; of all, datagrams get an eighth and ports what they need. */
static void limit (void)
{
  struct rlimit files = { 0 };
  getrlimit (RLIMIT_NOFILE, &files);
  size_t room = files.rlim_cur > 2 * RESERVE ? files.rlim_cur - RESERVE : RESERVE;
  datagram_limit (room / 8);
  stream_limit (room - room / 8);
}

static int patience (void)
{
  if (streams_wait ())
    return 0;
  if (datagram_sessions () > 0 || streams_paused ())
    return TICK_MS;
  return ports.used > 0 && door_connected () ? -1 : IDLE_MS / 2;
}

int main (int count, char **arguments)
{
  if (count != 2)
    {
      fprintf (stderr, "usage: naru-relay DIRECTORY\n");
      return 2;
    }
  if (loop_open () < 0 || control_open (arguments[1]) < 0)
    {
      fprintf (stderr, "cannot listen in %s: %s\n", arguments[1], strerror (errno));
      return 1;
    }
  if (!detach ())
    return 1;
  limit ();
  static const int calls[] = { SYS_getsockname };
  confine (calls, 1);
  uint64_t used = now_ms ();
  uint64_t led = used;
  uint64_t ticked = used;
  while (true)
    {
      loop_turn (patience ());
      streams_go_on ();
      uint64_t now = now_ms ();
      if (now - ticked >= TICK_MS)
        {
          ticked = now;
          datagram_tick ();
          streams_resume ();
          if (!door_connected ())
            owners_sweep (now - led > LONELY_MS);
        }
      if (door_connected ())
        led = now;
      if (ports.used > 0)
        used = now;
      else if (now - used > IDLE_MS)
        return 0;
    }
}
