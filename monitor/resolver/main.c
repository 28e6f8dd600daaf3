/* naru-resolver DIRECTORY: serves until it has neither clients nor an engine; resolver.sock in the directory is the engine's
   door. */
#include "resolver.h"

enum {
  TICK_MS = 250,
  /* An engine that starts again comes back sooner. */
  LONELY_MS = 30000,
};

/* Wakes only when there is something to wait for. */
static int patience (void)
{
  bool serving = clients.used > 0 || door_connected ();
  return forward_pending () > 0 || stream_open () > 0 ? TICK_MS : serving ? -1 : LONELY_MS / 10;
}

int main (int count, char **arguments)
{
  int status = start ("naru-resolver DIRECTORY", count == 2 ? arguments[1] : NULL, control_open);
  if (status != 0)
    return status;
  static const int calls[] = { SYS_getrandom };
  confine (calls, 1);
  uint64_t busy = now_ms ();
  uint64_t ticked = busy;
  while (true)
    {
      loop_turn (patience ());
      uint64_t now = now_ms ();
      if (now - ticked >= TICK_MS)
        {
          ticked = now;
          forward_tick ();
          stream_tick ();
        }
      if (clients.used > 0 || door_connected ())
        busy = now;
      else if (now - busy > LONELY_MS)
        return 0;
    }
}
