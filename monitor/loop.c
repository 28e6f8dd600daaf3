/* Waiting: epoll, and bytes that could not go yet. */
#include "monitor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void watch (struct monitor *m, struct source *source, uint32_t events)
{
  struct epoll_event event = { .events = events, .data.ptr = source };
  if (source->fd < 0 || (source->registered && source->events == events))
    return;
  epoll_ctl (m->epoll, source->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, source->fd, &event);
  source->registered = true;
  source->events = events;
}

void unwatch (struct monitor *m, struct source *source)
{
  if (source->registered)
    epoll_ctl (m->epoll, EPOLL_CTL_DEL, source->fd, NULL);
  source->registered = false;
}

void close_source (struct monitor *m, struct source *source)
{
  unwatch (m, source);
  close_fd (&source->fd);
}

/* One event at a time: handling one may free what another is about. */
void run_loop (struct monitor *m)
{
  bool idle = false;
  while (!m->finished)
    {
      struct epoll_event event;
      int count = epoll_wait (m->epoll, &event, 1, idle ? -1 : 0);
      if (count == 0)
        {
          log_idle ();
          streams_idle ();
          idle = true;
        }
      if (count > 0)
        {
          struct source *source = event.data.ptr;
          idle = false;
          source->ready (m, source, event.events);
        }
    }
}

bool queue_add (struct queue *q, const void *data, size_t length)
{
  if (length == 0)
    return true;
  if (q->capacity - q->end < length)
    {
      size_t have = queue_length (q);
      uint8_t *larger = malloc (have + length);
      if (!larger)
        return false;
      if (have)
        memcpy (larger, q->data + q->start, have);
      free (q->data);
      *q = (struct queue){ .data = larger, .end = have, .capacity = have + length };
    }
  memcpy (q->data + q->end, data, length);
  q->end += length;
  return true;
}

void queue_take (struct queue *q, size_t length)
{
  q->start += length;
  if (q->start == q->end)
    queue_clear (q);
}

void queue_clear (struct queue *q)
{
  free (q->data);
  *q = (struct queue){ 0 };
}
