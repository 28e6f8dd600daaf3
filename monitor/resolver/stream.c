/* Queries over TCP (RFC 7766): two bytes of length before each message, several messages a connection. */
#include "resolver.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
  MOST = 512,
  MOST_A_CLIENT = 64,
  IDLE_MS = 10000,
};

struct stream
{
  struct source source;
  struct stream *next;
  struct client *client;
  uint64_t used;
  size_t received;
  uint8_t message[2 + MAX_UDP];
};

static struct stream *first;
static size_t count;

static void drop (struct stream *stream)
{
  for (struct stream **at = &first; *at; at = &(*at)->next)
    if (*at == stream)
      {
        *at = stream->next;
        break;
      }
  forward_forget_stream (stream);
  loop_remove (&stream->source);
  stream->client->streams--;
  free (stream);
  count--;
}

static void stream_ready (struct source *source, uint32_t events)
{
  (void)events;
  struct stream *stream = (struct stream *)source;
  size_t length = stream->received < 2 ? 0 : (size_t)stream->message[0] << 8 | stream->message[1];
  size_t wanted = 2 + length;
  ssize_t got = recv (source->fd, stream->message + stream->received, wanted - stream->received, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN)
    return;
  if (got <= 0)
    {
      drop (stream);
      return;
    }
  stream->used = now_ms ();
  stream->received += (size_t)got;
  length = stream->received < 2 ? 0 : (size_t)stream->message[0] << 8 | stream->message[1];
  if (stream->received >= 2 && (length == 0 || length > MAX_UDP))
    {
      drop (stream);
      return;
    }
  if (stream->received < 2 + length || length == 0)
    return;
  stream->received = 0;
  struct asker asker = { .client = stream->client, .stream = stream };
  answer_query (&asker, stream->message + 2, length);
}

void stream_accept (struct client *client)
{
  int fd = accept4 (client->tcp.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0)
    return;
  bool room = count < MOST && client->streams < MOST_A_CLIENT;
  struct stream *stream = room ? calloc (1, sizeof *stream) : NULL;
  if (!stream)
    {
      close (fd);
      return;
    }
  stream->source = (struct source){ fd, stream_ready };
  stream->client = client;
  stream->used = now_ms ();
  if (loop_add (&stream->source, EPOLLIN) < 0)
    {
      close (fd);
      free (stream);
      return;
    }
  stream->next = first;
  first = stream;
  count++;
  client->streams++;
}

void stream_send (struct stream *stream, const uint8_t *bytes, size_t length)
{
  uint8_t prefix[2] = { (uint8_t)(length >> 8), (uint8_t)length };
  struct iovec parts[2] = { { prefix, 2 }, { (void *)(uintptr_t)bytes, length } };
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
  stream->used = now_ms ();
  /* A client that asks without reading loses its connection; nobody waits for it. */
  if (sendmsg (stream->source.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)(2 + length))
    shutdown (stream->source.fd, SHUT_RDWR);
}

void stream_forget_client (const struct client *client)
{
  for (struct stream *each = first, *next; each; each = next)
    {
      next = each->next;
      if (each->client == client)
        drop (each);
    }
}

void stream_tick (void)
{
  uint64_t now = now_ms ();
  for (struct stream *each = first, *next; each; each = next)
    {
      next = each->next;
      if (now - each->used > IDLE_MS)
        drop (each);
    }
}

size_t stream_open (void)
{
  return count;
}
