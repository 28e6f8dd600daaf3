/* What the engine says: the first byte tells what it is. */
#include "relay.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
  ADD = 1,
  REMOVE = 2,
  LIST = 3,
  LIVES = 4,
  END_IF_UNUSED = 5,
  TCP = 6,
  UDP = 17,
};

static void read_address (struct reader *in, struct address *address)
{
  bool v6 = number (in, 1) == 6;
  size_t length = v6 ? 16 : 4;
  *address = (struct address){ .length = v6 ? sizeof address->v6 : sizeof address->v4 };
  if ((size_t)(in->end - in->at) < length + 2)
    {
      in->broken = true;
      return;
    }
  address->any.sa_family = v6 ? AF_INET6 : AF_INET;
  memcpy (v6 ? (void *)&address->v6.sin6_addr : (void *)&address->v4.sin_addr, in->at, length);
  in->at += length;
  in_port_t port = htons ((uint16_t)number (in, 2));
  *(v6 ? &address->v6.sin6_port : &address->v4.sin_port) = port;
}

/* Each port comes with its socket, in the same order. */
static int add (struct reader *in, int *fds, size_t *count)
{
  char label[MAX_TEXT + 1];
  char owner[MAX_TEXT + 1];
  size_t given = *count;
  size_t wanted = number (in, 2);
  if (in->broken || wanted != given)
    return EINVAL;
  *count = 0;
  int error = 0;
  for (size_t i = 0; i < given; i++)
    {
      struct address target = { 0 };
      text (in, label);
      text (in, owner);
      unsigned protocol = number (in, 1);
      read_address (in, &target);
      bool sound = !in->broken && (protocol == TCP || protocol == UDP);
      if (error == 0 && !sound)
        error = EINVAL;
      if (error != 0)
        {
          close (fds[i]);
          continue;
        }
      fcntl (fds[i], F_SETFL, O_NONBLOCK);
      error = port_add (label, owner, protocol == UDP, &target, fds[i]);
    }
  return error;
}

static int remove_ports (struct reader *in)
{
  char label[MAX_TEXT + 1];
  size_t count = number (in, 2);
  for (size_t i = 0; i < count && !in->broken; i++)
    {
      text (in, label);
      struct port *port = map_get (&ports, label);
      if (port)
        port_remove (port);
    }
  return in->broken ? EINVAL : 0;
}

static int lives (struct reader *in, int *fds, size_t *count)
{
  char owner[MAX_TEXT + 1];
  text (in, owner);
  if (in->broken || *count != 1)
    return EINVAL;
  *count = 0;
  owner_lives (owner, fds[0]);
  return 0;
}

static bool serve (int fd, struct reader *in, int *fds, size_t *count)
{
  switch (number (in, 1))
    {
    case ADD:
      return tell_status (fd, add (in, fds, count));
    case REMOVE:
      return tell_status (fd, remove_ports (in));
    case LIST:
      return tell_keys (fd, &ports);
    case LIVES:
      return tell_status (fd, lives (in, fds, count));
    case END_IF_UNUSED:
      if (ports.used == 0)
        _exit (0);
      return tell_status (fd, EBUSY);
    default:
      return tell_status (fd, ENOSYS);
    }
}

int control_open (const char *directory)
{
  return door_open (directory, "relay.sock", serve);
}
