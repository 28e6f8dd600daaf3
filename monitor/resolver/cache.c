/* Answers of upstream servers, as long as they live. */
#include "resolver.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
  SLOTS = 4096,
  LONGEST = 3600,
  LONGEST_NEGATIVE = 300,
};

struct cached
{
  uint32_t upstreams;
  uint16_t type;
  uint16_t class;
  bool edns;
  bool dnssec;
  uint32_t lifetime;
  uint64_t stored;
  size_t length;
  char *name;
  uint8_t *answer;
};

static struct cached slots[SLOTS];

static struct cached *slot_of (uint32_t upstreams, const struct query *query)
{
  uint64_t hash = 1469598103934665603u ^ upstreams;
  for (const char *at = query->name; *at; at++)
    hash = (hash ^ (uint8_t)*at) * 1099511628211u;
  hash = (hash ^ query->type) * 1099511628211u;
  return &slots[(hash ^ hash >> 32) % SLOTS];
}

static bool is (const struct cached *slot, uint32_t upstreams, const struct query *query)
{
  return slot->answer && slot->upstreams == upstreams && slot->type == query->type && slot->class == query->class
         && slot->edns == query->edns && slot->dnssec == query->dnssec && strcmp (slot->name, query->name) == 0;
}

static bool age (uint8_t *ttl, uint16_t type, bool authority, const uint8_t *data, size_t size, void *context)
{
  (void)type, (void)authority, (void)data, (void)size;
  uint32_t value = (uint32_t)ttl[0] << 24 | (uint32_t)ttl[1] << 16 | (uint32_t)ttl[2] << 8 | ttl[3];
  uint32_t aged = *(uint32_t *)context;
  value = value > aged ? value - aged : 0;
  ttl[0] = (uint8_t)(value >> 24);
  ttl[1] = (uint8_t)(value >> 16);
  ttl[2] = (uint8_t)(value >> 8);
  ttl[3] = (uint8_t)value;
  return true;
}

size_t cache_get (uint32_t upstreams, const struct query *query, uint8_t *out, size_t room)
{
  struct cached *slot = slot_of (upstreams, query);
  uint32_t aged = (uint32_t)((now_ms () - slot->stored) / 1000);
  if (!is (slot, upstreams, query) || aged >= slot->lifetime || slot->length > room)
    return 0;
  memcpy (out, slot->answer, slot->length);
  /* Clients check their own spelling of the name, which is as long. */
  out[0] = query->bytes[0];
  out[1] = query->bytes[1];
  memcpy (out + 12, query->bytes + 12, query->question_end - 12);
  each_ttl (out, slot->length, age, &aged);
  return slot->length;
}

struct lifetime
{
  bool any;
  uint32_t seconds;
  bool negative;
};

static bool shortest (uint8_t *ttl, uint16_t type, bool authority, const uint8_t *data, size_t size, void *context)
{
  struct lifetime *lifetime = context;
  uint32_t value = (uint32_t)ttl[0] << 24 | (uint32_t)ttl[1] << 16 | (uint32_t)ttl[2] << 8 | ttl[3];
  if (lifetime->negative)
    {
      /* What does not exist does so for as long as the zone says (RFC 2308, 5). */
      if (!authority || type != TYPE_SOA || size < 22)
        return true;
      const uint8_t *minimum = data + size - 4;
      uint32_t limit
          = (uint32_t)minimum[0] << 24 | (uint32_t)minimum[1] << 16 | (uint32_t)minimum[2] << 8 | minimum[3];
      value = limit < value ? limit : value;
    }
  if (!lifetime->any || value < lifetime->seconds)
    lifetime->seconds = value;
  lifetime->any = true;
  return true;
}

void cache_put (uint32_t upstreams, const struct query *query, const uint8_t *answer, size_t length)
{
  unsigned rcode = answer[3] & 0x0f;
  bool truncated = answer[2] & 0x02;
  if (!query->plain || truncated || length > MAX_UDP || (rcode != RCODE_OK && rcode != RCODE_NO_NAME))
    return;
  uint8_t *copy = malloc (length);
  char *name = strdup (query->name);
  struct lifetime lifetime = { .negative = rcode == RCODE_NO_NAME || (answer[6] == 0 && answer[7] == 0) };
  uint32_t limit = lifetime.negative ? LONGEST_NEGATIVE : LONGEST;
  if (copy)
    memcpy (copy, answer, length);
  if (!copy || !name || !each_ttl (copy, length, shortest, &lifetime) || !lifetime.any || lifetime.seconds == 0)
    {
      free (copy);
      free (name);
      return;
    }
  struct cached *slot = slot_of (upstreams, query);
  free (slot->answer);
  free (slot->name);
  *slot = (struct cached){
    .upstreams = upstreams,
    .type = query->type,
    .class = query->class,
    .edns = query->edns,
    .dnssec = query->dnssec,
    .lifetime = lifetime.seconds < limit ? lifetime.seconds : limit,
    .stored = now_ms (),
    .length = length,
    .name = name,
    .answer = copy,
  };
}
