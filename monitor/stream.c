/* The container's streams: output to the log and the attachments, input from them. */
#include "monitor.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum
{
  CHUNK = 65536,
  /* What is read after the end from pipes that somebody else still writes to. */
  DRAIN_LIMIT = 4 << 20
};

/* Room for the frame's header before the payload, so that one send does; whole pages, so that they can be given back. */
static uint8_t chunk[4096 + CHUNK] __attribute__ ((aligned (4096)));
static bool chunk_used;

/* Gives the buffer back; reading fills it anew. */
void streams_idle (void)
{
  if (chunk_used)
    madvise (chunk, sizeof chunk, MADV_DONTNEED);
  chunk_used = false;
}

static bool wants (const struct client *c, const struct output *o)
{
  return c->role == ROLE_ATTACHED && c->active && c->process == o->process && (c->mask & (o->stream == 2 ? 4U : 2U));
}

static void tell_clients (struct monitor *m, struct output *o, size_t length)
{
  uint8_t *frame = chunk;
  size_t size = 8 + length;
  memset (frame, 0, 4);
  frame[0] = (uint8_t)o->stream;
  for (int i = 0; i < 4; i++)
    frame[4 + i] = (uint8_t)(length >> (24 - 8 * i));
  if (o->process->terminal)
    {
      frame += 8;
      size -= 8;
    }
  for (struct client *c = m->clients; c; c = c->next)
    if (wants (c, o))
      client_send (m, c, frame, size);
}

static void end_output (struct monitor *m, struct output *o)
{
  close_source (m, &o->source);
  if (o->process == &m->first)
    log_end (&m->log, o);
}

/* Returns false when there is nothing more to read now. */
static bool pump (struct monitor *m, struct output *o)
{
  chunk_used = true;
  ssize_t length = read (o->source.fd, chunk + 8, CHUNK);
  if (length < 0 && errno == EINTR)
    return true;
  if (length < 0 && errno == EAGAIN)
    return false;
  if (length <= 0)
    {
      end_output (m, o);
      return false;
    }
  if (o->process == &m->first)
    log_output (&m->log, o, chunk + 8, (size_t)length);
  tell_clients (m, o, (size_t)length);
  return true;
}

void output_ready (struct monitor *m, struct source *source, uint32_t events)
{
  struct output *o = (struct output *)source;
  (void)events;
  pump (m, o);
  streams_watch (m, o->process);
}

/* A client that does not take what it has holds the streams it listens to back. */
void streams_watch (struct monitor *m, struct process *p)
{
  if (!p->started || p->ended)
    return;
  for (int i = 0; i < 2; i++)
    {
      struct output *o = &p->outputs[i];
      bool blocked = false;
      for (struct client *c = m->clients; c; c = c->next)
        blocked |= wants (c, o) && queue_length (&c->out);
      if (o->source.fd < 0)
        continue;
      if (blocked)
        unwatch (m, &o->source);
      else
        watch (m, &o->source, EPOLLIN);
    }
}

void streams_start (struct monitor *m, struct process *p)
{
  for (int i = 0; i < 2; i++)
    p->outputs[i].source.ready = output_ready;
  p->input.ready = input_ready;
  streams_watch (m, p);
}

/* After the end: what is in the pipes, whoever is slow to take it. */
void drain_outputs (struct monitor *m, struct process *p)
{
  for (int i = 0; i < 2; i++)
    {
      struct output *o = &p->outputs[i];
      for (size_t read = 0; o->source.fd >= 0 && read < DRAIN_LIMIT; read += CHUNK / 16)
        if (!pump (m, o))
          break;
      if (o->source.fd >= 0)
        end_output (m, o);
    }
}

void finish_streams (struct monitor *m, struct process *p)
{
  drain_outputs (m, p);
  close_source (m, &p->input);
  queue_clear (&p->stdin_queue);
  forget_process (m, p);
}

static void watch_clients (struct monitor *m, struct process *p)
{
  for (struct client *c = m->clients; c; c = c->next)
    if (c->process == p)
      client_watch (m, c);
}

static void end_input (struct monitor *m, struct process *p)
{
  close_source (m, &p->input);
  queue_clear (&p->stdin_queue);
}

void input_ready (struct monitor *m, struct source *source, uint32_t events)
{
  (void)events;
  struct process *p = (struct process *)((char *)source - offsetof (struct process, input));
  struct queue *q = &p->stdin_queue;
  ssize_t written = write (source->fd, q->data + q->start, queue_length (q));
  if (written < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (written < 0)
    end_input (m, p);
  else
    queue_take (q, (size_t)written);
  if (queue_length (q))
    return;
  unwatch (m, source);
  if (p->stdin_closing)
    end_input (m, p);
  watch_clients (m, p);
}

void feed_stdin (struct monitor *m, struct process *p, const void *data, size_t length)
{
  if (p->input.fd < 0 || p->stdin_closing)
    return;
  ssize_t written = queue_length (&p->stdin_queue) ? 0 : write (p->input.fd, data, length);
  if (written < 0 && errno != EAGAIN && errno != EINTR)
    return end_input (m, p);
  size_t taken = written > 0 ? (size_t)written : 0;
  if (taken == length)
    return;
  if (!queue_add (&p->stdin_queue, (const uint8_t *)data + taken, length - taken))
    return end_input (m, p);
  p->input.ready = input_ready;
  watch (m, &p->input, EPOLLOUT);
  watch_clients (m, p);
}

void close_stdin (struct monitor *m, struct process *p)
{
  /* A terminal has no half to close. */
  if (p->terminal)
    return;
  p->stdin_closing = true;
  if (!queue_length (&p->stdin_queue))
    end_input (m, p);
}

void set_size (struct process *p)
{
  struct winsize size = { .ws_row = (unsigned short)p->rows, .ws_col = (unsigned short)p->columns };
  if ((p->rows || p->columns) && p->outputs[0].source.fd >= 0)
    ioctl (p->outputs[0].source.fd, TIOCSWINSZ, &size);
}
