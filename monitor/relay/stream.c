/* Connections, each of two sockets. */
#include "relay.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
  ACCEPTS = 64,
  /* About 15 seconds for a container that says nothing. */
  SYN_RETRIES = 3,
};

struct connection
{
  struct half client;
  struct half container;
  struct port *port;
  struct connection *next;
  struct connection *previous;
  struct connection *waiting;
  bool connecting;
  bool waits;
  bool over;
};

static struct connection *waiting;
static size_t open_connections;
static size_t most;
static bool paused;
/* Something ended while ports are paused. */
static bool freed;

void stream_limit (size_t descriptors)
{
  most = descriptors / 2;
}

bool streams_wait (void)
{
  return waiting != NULL;
}

bool streams_paused (void)
{
  return paused;
}

static void pause_port (struct port *port)
{
  loop_change (&port->listener, 0);
  port->paused = true;
  paused = true;
  freed = false;
}

void streams_resume (void)
{
  if (!paused)
    return;
  paused = false;
  freed = false;
  for (struct port *each = first_port; each; each = each->next)
    if (each->paused)
      {
        each->paused = false;
        loop_change (&each->listener, EPOLLIN);
      }
}

/* A connection that broke on one side breaks on the other: it does not look as if it had ended well. */
static void reset (int fd)
{
  struct linger at_once = { .l_onoff = 1 };
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void finish (struct connection *connection, bool broken)
{
  if (broken)
    {
      reset (connection->client.source.fd);
      reset (connection->container.source.fd);
    }
  carry_forget (&connection->client, connection->port->owner);
  carry_forget (&connection->container, connection->port->owner);
  loop_remove (&connection->client.source);
  loop_remove (&connection->container.source);
  if (connection->next)
    connection->next->previous = connection->previous;
  if (connection->previous)
    connection->previous->next = connection->next;
  else
    connection->port->connections = connection->next;
  connection->port->owner->connections--;
  open_connections--;
  connection->over = true;
  freed = true;
  if (!connection->waits)
    free (connection);
}

void stream_forget (struct port *port)
{
  while (port->connections)
    finish (port->connections, true);
}

static enum carried there_of (struct connection *connection)
{
  return carry (&connection->client, &connection->container, connection->port->owner);
}

static enum carried back_of (struct connection *connection)
{
  return carry (&connection->container, &connection->client, connection->port->owner);
}

static void serve (struct connection *connection)
{
  enum carried there = there_of (connection);
  enum carried back = there == BROKEN ? BROKEN : back_of (connection);
  if (there == BROKEN || back == BROKEN)
    finish (connection, true);
  else if (connection->client.ended && connection->container.ended)
    finish (connection, false);
  else if ((there == MORE || back == MORE) && !connection->waits)
    {
      connection->waits = true;
      connection->waiting = waiting;
      waiting = connection;
    }
}

void streams_go_on (void)
{
  struct connection *all = waiting;
  waiting = NULL;
  for (struct connection *next; all; all = next)
    {
      next = all->waiting;
      all->waits = false;
      if (all->over)
        free (all);
      else
        serve (all);
    }
  if (paused && freed)
    streams_resume ();
}

static void ready (struct source *source, uint32_t events)
{
  struct half *half = (struct half *)source;
  struct connection *connection = half->connection;
  if (events & ~(uint32_t)EPOLLOUT)
    half->dry = false;
  if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
    half->full = false;
  if (connection->connecting && half == &connection->container && events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
    {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt (source->fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0)
        {
          finish (connection, true);
          return;
        }
      connection->connecting = false;
    }
  if (connection->connecting)
    return;
  if (events & EPOLLERR)
    {
      /* What came before it broke is passed on. */
      there_of (connection);
      back_of (connection);
      finish (connection, true);
    }
  else
    serve (connection);
}

/* Without firewall rules only this keeps others from ports on loopback where the host routes it. */
static bool forged (int fd, const struct address *peer)
{
  struct address here = { .length = sizeof here.v6 };
  return getsockname (fd, &here.any, &here.length) < 0 || (is_loopback (&here) && !is_loopback (peer));
}

static int dial (const struct address *target)
{
  int retries = SYN_RETRIES;
  int on = 1;
  int fd = socket (target->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  setsockopt (fd, IPPROTO_TCP, TCP_SYNCNT, &retries, sizeof retries);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (connect (fd, &target->any, target->length) < 0 && errno != EINPROGRESS)
    {
      close (fd);
      return -1;
    }
  return fd;
}

static void begin (struct port *port, int client)
{
  int on = 1;
  int container = dial (&port->target);
  struct connection *connection = container < 0 ? NULL : calloc (1, sizeof *connection);
  if (!connection)
    {
      reset (client);
      close (client);
      if (container >= 0)
        close (container);
      return;
    }
  setsockopt (client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (client, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  connection->client = (struct half){ .source = { client, ready }, .connection = connection };
  connection->container = (struct half){ .source = { container, ready }, .connection = connection };
  connection->connecting = true;
  connection->port = port;
  connection->next = port->connections;
  if (port->connections)
    port->connections->previous = connection;
  port->connections = connection;
  port->owner->connections++;
  open_connections++;
  uint32_t all = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  if (loop_add (&connection->client.source, all) < 0 || loop_add (&connection->container.source, all) < 0)
    finish (connection, true);
}

void stream_accept (struct source *listener, uint32_t events)
{
  (void)events;
  struct port *port = (struct port *)listener;
  for (int i = 0; i < ACCEPTS; i++)
    {
      if (open_connections >= most || port->owner->connections >= most / OF * SHARE)
        {
          pause_port (port);
          return;
        }
      struct address peer = { .length = sizeof peer.v6 };
      int client = accept4 (listener->fd, &peer.any, &peer.length, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client < 0 && (errno == EAGAIN || errno == ECONNABORTED))
        return;
      if (client < 0)
        {
          /* Without descriptors a connection goes on waiting, and would be tried again at once. */
          pause_port (port);
          return;
        }
      if (forged (client, &peer))
        {
          reset (client);
          close (client);
        }
      else
        begin (port, client);
    }
}
