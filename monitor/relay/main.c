/* naru-relay [OPTIONS] DIRECTORY: carries until there is nothing to carry; relay.sock in the directory is the engine's
   door. --descriptors N: takes at most so many. --udp-idle SECONDS: how long a sender of datagrams is remembered. */
#include "relay.h"
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>

enum {
  TICK_MS = 1000,
  /* The next container with a port soon comes. */
  IDLE_MS = 10000,
  /* An engine that starts again comes back sooner. */
  LONELY_MS = 30000,
  RESERVE = 128 + 2 * MOST_PIPES,
  /* 20,000 connections to one container. */
  ENOUGH = 65536,
};

/* Connections take two descriptors each; of all, datagrams get an eighth, and ports and pipes what they need. */
static void limit (size_t all)
{
  size_t room = all > 2 * RESERVE ? all - RESERVE : all / 2;
  datagram_limit (room / 8);
  stream_limit (room - room / 8);
}

/* How many it may have: what was wished, or all that it is let have, which is enough wherever it may have enough. */
static size_t descriptors (size_t wished)
{
  struct rlimit files = { 0 };
  getrlimit (RLIMIT_NOFILE, &files);
  rlim_t wanted = wished > 0 ? wished : files.rlim_max > ENOUGH ? files.rlim_max : ENOUGH;
  struct rlimit taken = { wanted, wanted };
  return setrlimit (RLIMIT_NOFILE, &taken) == 0 ? wanted : files.rlim_max;
}

/* What the command line says; the directory is missing where it is wrong. */
struct wishes
{
  const char *directory;
  size_t descriptors;
  unsigned long udp_idle;
};

static struct wishes read_wishes (int count, char **arguments)
{
  static const struct option options[] = { { "descriptors", required_argument, NULL, 'd' },
                                           { "udp-idle", required_argument, NULL, 'u' },
                                           { 0 } };
  struct wishes wishes = { 0 };
  char *end = "";
  for (int each; (each = getopt_long (count, arguments, "", options, NULL)) != -1 && *end == 0;)
    {
      unsigned long value = each == '?' ? 0 : strtoul (optarg, &end, 10);
      if (value == 0 || value > INT_MAX)
        return wishes;
      *(each == 'd' ? &wishes.descriptors : &wishes.udp_idle) = value;
    }
  if (*end == 0 && optind == count - 1)
    wishes.directory = arguments[optind];
  return wishes;
}

static int patience (void)
{
  if (streams_wait ())
    return 0;
  if (datagram_sessions () > 0 || streams_paused () || pipes_idle ())
    return TICK_MS;
  return ports.used > 0 && door_connected () ? -1 : IDLE_MS / 2;
}

int main (int count, char **arguments)
{
  struct wishes wishes = read_wishes (count, arguments);
  int status = start ("naru-relay [--descriptors N] [--udp-idle SECONDS] DIRECTORY", wishes.directory, control_open);
  if (status != 0)
    return status;
  limit (descriptors (wishes.descriptors));
  if (wishes.udp_idle > 0)
    datagram_patience (wishes.udp_idle * 1000);
  static const int calls[] = { SYS_getsockname, SYS_splice, SYS_pipe2 };
  confine (calls, sizeof calls / sizeof calls[0]);
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
          pipes_tick ();
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
