/* Decides where an answer comes from. */
#include "resolver.h"
#include <stdlib.h>
#include <string.h>

struct counters counters;

enum { LIFETIME = 600 };

void answer_send (const struct asker *asker, const uint8_t *bytes, size_t length)
{
  if (asker->stream)
    stream_send (asker->stream, bytes, length);
  else
    /* A client whose buffer is full asks again. */
    sendto (asker->client->udp.fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&asker->from,
            asker->from_length);
}

static size_t room_for (const struct asker *asker, const struct query *query, size_t most)
{
  return asker->stream ? most : query->udp_size;
}

/* Of the records: what announces our size comes last. */
static size_t room_of_records (const struct query *query, size_t room)
{
  return query->edns ? room - OPT_LENGTH : room;
}

void answer_error (const struct asker *asker, const struct query *query, unsigned rcode)
{
  uint8_t out[MAX_UDP];
  size_t length = answer_begin (query, rcode, out, sizeof out);
  if (length > 0)
    answer_send (asker, out, answer_end (query, out, length, sizeof out));
}

static void answer_addresses (const struct asker *asker, const struct query *query, struct addresses *found)
{
  uint8_t out[MAX_UDP];
  size_t room = room_for (asker, query, sizeof out);
  size_t length = answer_begin (query, RCODE_OK, out, room);
  if (length == 0)
    return;
  /* Each time another one comes first, so that clients which take the first share the load. */
  size_t first = found->count ? found->turns[query->type == TYPE_AAAA]++ % found->count : 0;
  for (size_t i = 0; i < found->count; i++)
    {
      const struct address *each = &found->items[(first + i) % found->count];
      if (query->type == TYPE_ANY || query->type == (each->v6 ? TYPE_AAAA : TYPE_A))
        length = answer_address (out, length, room_of_records (query, room), each, LIFETIME);
    }
  answer_send (asker, out, answer_end (query, out, length, room));
}

static void answer_reverse (const struct asker *asker, const struct query *query, const char *name)
{
  uint8_t out[MAX_UDP];
  size_t room = room_for (asker, query, sizeof out);
  size_t length = answer_begin (query, RCODE_OK, out, room);
  if (length == 0)
    return;
  length = answer_name (out, length, room_of_records (query, room), name, LIFETIME);
  answer_send (asker, out, answer_end (query, out, length, room));
}

static bool answer_locally (const struct asker *asker, const struct query *query)
{
  struct address address;
  if (query->class != CLASS_IN || query->odd)
    return false;
  struct addresses *found = find_name (asker->client, query->name);
  if (found)
    {
      answer_addresses (asker, query, found);
      return true;
    }
  if (query->type == TYPE_PTR && reverse_address (query->name, &address))
    {
      const char *name = find_address (asker->client, &address);
      if (name)
        {
          answer_reverse (asker, query, name);
          return true;
        }
    }
  return false;
}

void answer_query (struct asker *asker, const uint8_t *bytes, size_t length)
{
  struct query query;
  counters.queries++;
  if (!query_parse (bytes, length, &query))
    {
      /* Without a question there is nothing to answer but the header; an answer is never answered. */
      if (length >= 12 && !(bytes[2] & 0x80))
        {
          uint8_t out[12] = { bytes[0], bytes[1], (uint8_t)(0x80 | (bytes[2] & 0x79)), 0x80 | RCODE_FORMAT };
          answer_send (asker, out, sizeof out);
        }
      return;
    }
  if (bytes[2] & 0x78)
    {
      answer_error (asker, &query, RCODE_NOT_IMPLEMENTED);
      return;
    }
  if (answer_locally (asker, &query))
    {
      counters.local++;
      return;
    }
  if (!asker->client->forward || asker->client->upstreams.count == 0)
    {
      answer_error (asker, &query, asker->client->forward ? RCODE_SERVER : RCODE_NO_NAME);
      return;
    }
  uint8_t out[MAX_UDP];
  size_t cached = !query.plain ? 0 : cache_get (asker->client->upstreams.id, &query, out, room_for (asker, &query, sizeof out));
  if (cached > 0)
    {
      counters.cached++;
      answer_send (asker, out, cached);
      return;
    }
  forward (asker, &query);
}
