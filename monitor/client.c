/* Connections: requests in, answers and streams out. */
#include "monitor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum
{
  MAX_MESSAGE = 16 << 20,
  HEADER = 16
};

/* What can't be sent goes away with the connection, which epoll reports next. */
static void break_client (struct client *c)
{
  queue_clear (&c->out);
  c->mask = 0;
  shutdown (c->source.fd, SHUT_RDWR);
}

void client_watch (struct monitor *m, struct client *c)
{
  /* One that is finishing is dropped by its own event: its request may be under way here. */
  uint32_t wanted = queue_length (&c->out) || c->finishing ? EPOLLOUT : 0;
  bool takes_input = c->role == ROLE_ATTACHED && (c->mask & 1) && c->active && !c->input_ended;
  if (takes_input && queue_length (&c->process->stdin_queue))
    {
      /* Its end, too, must wait until the process has taken what came before. */
      if (!wanted)
        return unwatch (m, &c->source);
    }
  else if (!c->input_ended)
    wanted |= EPOLLIN;
  watch (m, &c->source, wanted);
}

static void flush (struct client *c)
{
  while (queue_length (&c->out))
    {
      ssize_t sent = send (c->source.fd, c->out.data + c->out.start, queue_length (&c->out), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno == EINTR)
        continue;
      if (sent < 0)
        {
          if (errno != EAGAIN)
            break_client (c);
          return;
        }
      queue_take (&c->out, (size_t)sent);
    }
}

void client_send (struct monitor *m, struct client *c, const void *data, size_t length)
{
  if (!queue_length (&c->out))
    {
      ssize_t sent = send (c->source.fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno != EAGAIN && errno != EINTR)
        return break_client (c);
      if (sent > 0)
        {
          data = (const uint8_t *)data + sent;
          length -= (size_t)sent;
        }
    }
  if (!queue_add (&c->out, data, length))
    break_client (c);
  client_watch (m, c);
}

void drop_client (struct monitor *m, struct client *c)
{
  struct client **link = &m->clients;
  while (*link != c)
    link = &(*link)->next;
  *link = c->next;
  close_source (m, &c->source);
  if (m->first.waiter == c)
    m->first.waiter = NULL;
  for (struct process *p = m->processes; p; p = p->next)
    if (p->waiter == c)
      p->waiter = NULL;
  struct process *p = c->process;
  if (p && (c->mask & 1) && !c->input_ended && p->stdin_once)
    close_stdin (m, p);
  bool controlled = false;
  for (struct client *other = m->clients; other; other = other->next)
    controlled |= other->role == ROLE_CONTROL;
  /* Prepared and forgotten: the engine died in between, and its successor begins anew. */
  if (c->role == ROLE_CONTROL && !controlled && !m->first.started)
    m->finished = true;
  queue_clear (&c->in);
  queue_clear (&c->out);
  free (c);
  if (p)
    streams_watch (m, p);
}

/* Attachments of a process that is gone end when they have everything. */
void forget_process (struct monitor *m, const struct process *p)
{
  for (struct client *c = m->clients; c; c = c->next)
    {
      if (c->process != p)
        continue;
      c->process = NULL;
      c->finishing = true;
      c->input_ended = true;
      client_watch (m, c);
    }
}

static void parse (struct monitor *m, struct client *c)
{
  while (c->role != ROLE_ATTACHED && queue_length (&c->in) >= HEADER)
    {
      uint32_t length, type;
      uint64_t tag;
      const uint8_t *at = c->in.data + c->in.start;
      memcpy (&length, at, 4);
      memcpy (&type, at + 4, 4);
      memcpy (&tag, at + 8, 8);
      if (length > MAX_MESSAGE)
        return break_client (c);
      if (queue_length (&c->in) < HEADER + (size_t)length)
        return;
      struct cursor fields = { .at = at + HEADER, .end = at + HEADER + length };
      handle_request (m, c, type, tag, &fields);
      queue_take (&c->in, HEADER + length);
    }
}

static void input_end (struct monitor *m, struct client *c)
{
  if (c->role != ROLE_ATTACHED || !(c->mask & 6))
    return drop_client (m, c);
  c->input_ended = true;
  if ((c->mask & 1) && c->process && c->process->stdin_once)
    close_stdin (m, c->process);
  client_watch (m, c);
}

void client_receive (struct monitor *m, struct client *c)
{
  uint8_t data[16384];
  ssize_t length = recv (c->source.fd, data, sizeof data, MSG_DONTWAIT);
  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (length < 0)
    return drop_client (m, c);
  if (length == 0)
    return input_end (m, c);
  if (c->role != ROLE_ATTACHED)
    {
      if (!queue_add (&c->in, data, (size_t)length))
        return drop_client (m, c);
      return parse (m, c);
    }
  if ((c->mask & 1) && c->process)
    feed_stdin (m, c->process, data, (size_t)length);
}

static void client_ready (struct monitor *m, struct source *source, uint32_t events)
{
  struct client *c = (struct client *)source;
  if (events & EPOLLOUT)
    {
      struct process *p = c->process;
      flush (c);
      if (c->finishing && !queue_length (&c->out))
        return drop_client (m, c);
      client_watch (m, c);
      if (p)
        streams_watch (m, p);
      return;
    }
  if ((events & EPOLLIN) && !c->input_ended)
    return client_receive (m, c);
  if (events & (EPOLLHUP | EPOLLERR))
    drop_client (m, c);
}

struct client *new_client (struct monitor *m, int fd)
{
  struct client *c = calloc (1, sizeof *c);
  if (!c)
    {
      close (fd);
      return NULL;
    }
  c->source = (struct source){ .ready = client_ready, .fd = fd };
  c->next = m->clients;
  m->clients = c;
  watch (m, &c->source, EPOLLIN);
  return c;
}

void accept_client (struct monitor *m, struct source *source, uint32_t events)
{
  (void)events;
  int fd = accept4 (source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  struct ucred peer = { 0 };
  socklen_t size = sizeof peer;
  if (fd < 0)
    return;
  /* The directory is closed to others; this holds even where somebody opened it. */
  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.uid != 0)
    close (fd);
  else
    new_client (m, fd);
}
