/* Asks the upstream servers, all at once: the first good answer is taken, a slow server delays nobody. */
#include "resolver.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

enum {
  MOST = 2048,
  MOST_A_CLIENT = 256,
  AGAIN_MS = 1500,
  GIVE_UP_MS = 5000,
};

struct pending;

struct attempt
{
  struct source source;
  struct pending *pending;
  uint8_t id[2];
  /* Over TCP: what has been sent and received. */
  size_t sent;
  size_t received;
  uint8_t *buffer;
};

struct pending
{
  struct pending *next;
  struct asker asker;
  uint8_t *bytes;
  struct query query;
  uint64_t began;
  bool repeated;
  size_t open;
  struct attempt attempts[MAX_UPSTREAMS];
  /* The best of the bad answers. */
  uint8_t *fallback;
  size_t fallback_length;
};

static struct pending *first;
static size_t count;

size_t forward_pending (void)
{
  return count;
}

static void close_attempt (struct attempt *attempt)
{
  if (attempt->source.fd < 0)
    return;
  loop_remove (&attempt->source);
  free (attempt->buffer);
  attempt->buffer = NULL;
  attempt->pending->open--;
}

static void finish (struct pending *pending)
{
  for (struct pending **at = &first; *at; at = &(*at)->next)
    if (*at == pending)
      {
        *at = pending->next;
        break;
      }
  for (size_t i = 0; i < MAX_UPSTREAMS; i++)
    close_attempt (&pending->attempts[i]);
  free (pending->bytes);
  free (pending->fallback);
  pending->asker.client->pending--;
  free (pending);
  count--;
}

static void give (struct pending *pending, uint8_t *answer, size_t length)
{
  memcpy (answer, pending->query.bytes, 2);
  if (!pending->asker.stream && length > pending->query.udp_size)
    {
      /* Too long for this client over UDP: it asks again over TCP. */
      uint8_t out[MAX_UDP];
      size_t end = answer_begin (&pending->query, answer[3] & 0x0f, out, sizeof out);
      out[2] |= 0x02;
      answer_send (&pending->asker, out, answer_end (&pending->query, out, end, sizeof out));
    }
  else
    answer_send (&pending->asker, answer, length);
}

static void give_up (struct pending *pending)
{
  if (pending->fallback)
    give (pending, pending->fallback, pending->fallback_length);
  else
    answer_error (&pending->asker, &pending->query, RCODE_SERVER);
  finish (pending);
}

/* Answers whether the pending query is finished. */
static bool judge (struct attempt *attempt, uint8_t *answer, size_t length)
{
  struct pending *pending = attempt->pending;
  if (memcmp (answer, attempt->id, 2) != 0 || !same_question (&pending->query, answer, length))
    return false;
  unsigned rcode = answer[3] & 0x0f;
  if (rcode == RCODE_OK || rcode == RCODE_NO_NAME)
    {
      cache_put (pending->asker.client->upstreams.id, &pending->query, answer, length);
      give (pending, answer, length);
      finish (pending);
      return true;
    }
  if (!pending->fallback && (pending->fallback = malloc (length)))
    {
      memcpy (pending->fallback, answer, length);
      pending->fallback_length = length;
    }
  close_attempt (attempt);
  if (pending->open > 0)
    return false;
  give_up (pending);
  return true;
}

static void failed (struct attempt *attempt)
{
  struct pending *pending = attempt->pending;
  close_attempt (attempt);
  if (pending->open == 0)
    give_up (pending);
}

static void udp_ready (struct source *source, uint32_t events)
{
  (void)events;
  struct attempt *attempt = (struct attempt *)source;
  uint8_t answer[MAX_UDP];
  ssize_t length;
  while ((length = recv (source->fd, answer, sizeof answer, MSG_DONTWAIT)) >= 12)
    if (judge (attempt, answer, (size_t)length) || source->fd < 0)
      return;
  /* What is too short to be a message is no answer; an error means that nobody listens there. */
  if (length < 0 && errno != EAGAIN)
    failed (attempt);
}

static void tcp_ready (struct source *source, uint32_t events)
{
  struct attempt *attempt = (struct attempt *)source;
  struct pending *pending = attempt->pending;
  size_t total = 2 + pending->query.length;
  if (events & EPOLLERR)
    {
      failed (attempt);
      return;
    }
  if (attempt->sent < total)
    {
      uint8_t message[2 + MAX_UDP];
      message[0] = (uint8_t)(pending->query.length >> 8);
      message[1] = (uint8_t)pending->query.length;
      memcpy (message + 2, pending->query.bytes, pending->query.length);
      memcpy (message + 2, attempt->id, 2);
      ssize_t sent = send (source->fd, message + attempt->sent, total - attempt->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN)
        {
          failed (attempt);
          return;
        }
      attempt->sent += sent > 0 ? (size_t)sent : 0;
      if (attempt->sent == total)
        loop_change (source, EPOLLIN);
      return;
    }
  if (!attempt->buffer && !(attempt->buffer = malloc (2 + MAX_MESSAGE)))
    {
      failed (attempt);
      return;
    }
  size_t wanted
      = attempt->received < 2 ? 2 : 2 + ((size_t)attempt->buffer[0] << 8 | attempt->buffer[1]);
  ssize_t got = recv (source->fd, attempt->buffer + attempt->received, wanted - attempt->received, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN)
    return;
  if (got <= 0)
    {
      failed (attempt);
      return;
    }
  attempt->received += (size_t)got;
  if (attempt->received < 2)
    return;
  wanted = 2 + ((size_t)attempt->buffer[0] << 8 | attempt->buffer[1]);
  if (wanted < 2 + 12)
    failed (attempt);
  else if (attempt->received == wanted)
    {
      uint8_t *answer = attempt->buffer;
      attempt->buffer = NULL;
      if (!judge (attempt, answer + 2, wanted - 2) && source->fd >= 0)
        failed (attempt);
      free (answer);
    }
}

static void begin_attempt (struct pending *pending, size_t index)
{
  struct attempt *attempt = &pending->attempts[index];
  const struct sockaddr_storage *server = &pending->asker.client->upstreams.items[index];
  bool tcp = pending->asker.stream != NULL;
  int fd = socket (server->ss_family, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  attempt->pending = pending;
  attempt->source = (struct source){ fd, tcp ? tcp_ready : udp_ready };
  if (fd < 0)
    return;
  socklen_t size = server->ss_family == AF_INET6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in);
  /* An id and a port that nobody can guess: else anybody could answer (RFC 5452). */
  if (getrandom (attempt->id, 2, 0) != 2
      || (connect (fd, (const struct sockaddr *)server, size) < 0 && errno != EINPROGRESS)
      || loop_add (&attempt->source, tcp ? EPOLLOUT : EPOLLIN) < 0)
    {
      close (fd);
      attempt->source.fd = -1;
      return;
    }
  pending->open++;
}

static void send_udp (struct pending *pending)
{
  uint8_t message[MAX_UDP];
  memcpy (message, pending->query.bytes, pending->query.length);
  for (size_t i = 0; i < MAX_UPSTREAMS; i++)
    if (pending->attempts[i].source.fd >= 0)
      {
        memcpy (message, pending->attempts[i].id, 2);
        send (pending->attempts[i].source.fd, message, pending->query.length, MSG_DONTWAIT | MSG_NOSIGNAL);
      }
}

void forward (const struct asker *asker, const struct query *query)
{
  bool room = count < MOST && asker->client->pending < MOST_A_CLIENT && query->length <= MAX_UDP;
  struct pending *pending = room ? calloc (1, sizeof *pending) : NULL;
  if (!pending || !(pending->bytes = malloc (query->length)))
    {
      free (pending);
      answer_error (asker, query, RCODE_SERVER);
      return;
    }
  memcpy (pending->bytes, query->bytes, query->length);
  pending->asker = *asker;
  pending->query = *query;
  pending->query.bytes = pending->bytes;
  pending->began = now_ms ();
  for (size_t i = 0; i < MAX_UPSTREAMS; i++)
    pending->attempts[i] = (struct attempt){ .source.fd = -1, .pending = pending };
  pending->next = first;
  first = pending;
  count++;
  asker->client->pending++;
  counters.forwarded++;
  for (size_t i = 0; i < asker->client->upstreams.count; i++)
    begin_attempt (pending, i);
  if (pending->open == 0)
    give_up (pending);
  else if (!asker->stream)
    send_udp (pending);
}

void forward_tick (void)
{
  uint64_t now = now_ms ();
  for (struct pending *each = first, *next; each; each = next)
    {
      next = each->next;
      if (now - each->began > GIVE_UP_MS)
        give_up (each);
      else if (now - each->began > AGAIN_MS && !each->repeated)
        {
          each->repeated = true;
          if (!each->asker.stream)
            send_udp (each);
        }
    }
}

void forward_forget_client (const struct client *client)
{
  for (struct pending *each = first, *next; each; each = next)
    {
      next = each->next;
      if (each->asker.client == client)
        finish (each);
    }
}

void forward_forget_stream (const struct stream *stream)
{
  for (struct pending *each = first, *next; each; each = next)
    {
      next = each->next;
      if (each->asker.stream == stream)
        finish (each);
    }
}
