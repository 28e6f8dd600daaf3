#include "relay.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct map ports;
struct port *first_port;
static struct map owners;

bool is_loopback (const struct address *address)
{
  if (address->any.sa_family == AF_INET)
    return ntohl (address->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  const struct in6_addr *v6 = &address->v6.sin6_addr;
  /* A socket of both families sees addresses of IPv4 so. */
  return IN6_IS_ADDR_LOOPBACK (v6) || (IN6_IS_ADDR_V4MAPPED (v6) && v6->s6_addr[12] == IN_LOOPBACKNET);
}

static struct owner *owner_of (const char *id)
{
  void *before;
  struct owner *owner = map_get (&owners, id);
  if (owner)
    return owner;
  owner = calloc (1, sizeof *owner);
  if (!owner || !(owner->id = strdup (id)) || !map_put (&owners, id, owner, &before))
    {
      if (owner)
        free (owner->id);
      free (owner);
      return NULL;
    }
  owner->process.fd = -1;
  return owner;
}

static void owner_drop_unused (struct owner *owner)
{
  void *before;
  if (owner->ports > 0)
    return;
  loop_remove (&owner->process);
  map_put (&owners, owner->id, NULL, &before);
  free (owner->id);
  free (owner);
}

/* An engine that runs sees to it itself, and may have given the port to the container's next process. */
static void process_ended (struct source *process, uint32_t events)
{
  (void)events;
  ((struct owner *)process)->ended = true;
  loop_remove (process);
}

void owner_lives (const char *id, int pidfd)
{
  struct owner *owner = map_get (&owners, id);
  if (!owner)
    {
      close (pidfd);
      return;
    }
  loop_remove (&owner->process);
  owner->ended = false;
  owner->process = (struct source){ pidfd, process_ended };
  if (loop_add (&owner->process, EPOLLIN) < 0)
    loop_remove (&owner->process);
}

void owners_sweep (bool unbegun)
{
  for (struct port *each = first_port, *next; each; each = next)
    {
      next = each->next;
      if (each->owner->ended || (unbegun && each->owner->process.fd < 0))
        port_remove (each);
    }
}

int port_add (const char *label, const char *owner, bool datagrams, const struct address *target, int socket)
{
  void *before;
  struct port *old = map_get (&ports, label);
  if (old)
    port_remove (old);
  struct port *port = calloc (1, sizeof *port);
  struct sockaddr_storage bound;
  socklen_t size = sizeof bound;
  if (!port || !(port->label = strdup (label)) || !(port->owner = owner_of (owner)))
    {
      close (socket);
      if (port)
        free (port->label);
      free (port);
      return ENOMEM;
    }
  port->owner->ports++;
  port->datagrams = datagrams;
  port->target = *target;
  port->listener = (struct source){ socket, datagrams ? datagram_ready : stream_accept };
  port->next = first_port;
  if (first_port)
    first_port->previous = port;
  first_port = port;
  bool known = getsockname (socket, (struct sockaddr *)&bound, &size) == 0;
  port->v6 = known && bound.ss_family == AF_INET6;
  if (!known || !map_put (&ports, label, port, &before) || (datagrams && !datagram_open (port))
      || loop_add (&port->listener, EPOLLIN) < 0)
    {
      int error = errno;
      port_remove (port);
      return error;
    }
  return 0;
}

void port_remove (struct port *port)
{
  void *before;
  loop_remove (&port->listener);
  stream_forget (port);
  datagram_forget (port);
  map_put (&ports, port->label, NULL, &before);
  if (port->next)
    port->next->previous = port->previous;
  if (port->previous)
    port->previous->next = port->next;
  else
    first_port = port->next;
  port->owner->ports--;
  owner_drop_unused (port->owner);
  free (port->label);
  free (port);
}
