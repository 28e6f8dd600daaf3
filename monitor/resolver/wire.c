/* Messages of the domain name system (RFC 1035, RFC 6891). */
#include "resolver.h"
#include <ctype.h>
#include <string.h>

enum { HEADER = 12 };

static uint16_t get16 (const uint8_t *at)
{
  return (uint16_t)(at[0] << 8 | at[1]);
}

static void put16 (uint8_t *at, unsigned value)
{
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}

/* Where a name ends; 0 when it is malformed. */
static size_t skip_name (const uint8_t *bytes, size_t length, size_t at)
{
  while (at < length)
    {
      uint8_t label = bytes[at];
      if ((label & 0xc0) == 0xc0)
        return at + 2 <= length ? at + 2 : 0;
      if (label > 63)
        return 0;
      at += 1u + label;
      if (label == 0)
        return at;
    }
  return 0;
}

/* A question's name as lower case text with dots; where it ends, 0 when it is malformed. */
static size_t read_name (const uint8_t *bytes, size_t length, char name[MAX_NAME + 1], bool *odd)
{
  size_t at = HEADER;
  size_t used = 0;
  while (at < length && bytes[at] != 0)
    {
      size_t label = bytes[at++];
      if (label > 63 || at + label > length || used + label + (used > 0) > MAX_NAME)
        return 0;
      if (used > 0)
        name[used++] = '.';
      for (size_t i = 0; i < label; i++)
        {
          uint8_t c = bytes[at + i];
          /* A dot or a zero inside a label would make two names one. */
          *odd |= c == '.' || c == 0;
          name[used++] = (char)tolower (c);
        }
      at += label;
    }
  name[used] = 0;
  return at < length ? at + 1 : 0;
}

static void read_edns (struct query *query)
{
  size_t at = query->question_end;
  size_t records = (size_t)get16 (query->bytes + 6) + get16 (query->bytes + 8) + get16 (query->bytes + 10);
  bool recursive = query->bytes[2] & 0x01;
  bool unchecked = query->bytes[3] & 0x10;
  query->plain = recursive && !unchecked && !query->odd && records == 0;
  for (size_t i = 0; i < records; i++)
    {
      size_t end = skip_name (query->bytes, query->length, at);
      if (end == 0 || end + 10 > query->length)
        return;
      if (get16 (query->bytes + end) == TYPE_OPT)
        {
          query->edns = true;
          query->udp_size = get16 (query->bytes + end + 2);
          query->dnssec = (query->bytes[end + 6] & 0x80) != 0;
          /* Options, such as cookies and subnets, are for one client alone. */
          query->plain = recursive && !unchecked && !query->odd && records == 1 && get16 (query->bytes + end + 8) == 0;
          return;
        }
      at = end + 10 + get16 (query->bytes + end + 8);
    }
}

bool query_parse (const uint8_t *bytes, size_t length, struct query *query)
{
  *query = (struct query){ .bytes = bytes, .length = length, .udp_size = PLAIN_UDP };
  if (length < HEADER || (bytes[2] & 0x80) || get16 (bytes + 4) != 1)
    return false;
  size_t end = read_name (bytes, length, query->name, &query->odd);
  if (end == 0 || end + 4 > length)
    return false;
  query->type = get16 (bytes + end);
  query->class = get16 (bytes + end + 2);
  query->question_end = end + 4;
  read_edns (query);
  if (query->udp_size < PLAIN_UDP)
    query->udp_size = PLAIN_UDP;
  if (query->udp_size > OUR_UDP)
    query->udp_size = OUR_UDP;
  return true;
}

size_t answer_begin (const struct query *query, unsigned rcode, uint8_t *out, size_t room)
{
  if (query->question_end > room)
    return 0;
  memcpy (out, query->bytes, query->question_end);
  /* An answer, recursion as asked, recursion available. */
  out[2] = (uint8_t)(0x80 | (query->bytes[2] & 0x79));
  out[3] = (uint8_t)(0x80 | (query->bytes[3] & 0x10) | rcode);
  memset (out + 6, 0, 6);
  return query->question_end;
}

static size_t record (uint8_t *out, size_t at, size_t room, unsigned type, uint32_t ttl, const uint8_t *data, size_t size)
{
  if (at + 12 + size > room)
    {
      out[2] |= 0x02;
      return at;
    }
  /* The name is the question's. */
  put16 (out + at, 0xc000 | HEADER);
  put16 (out + at + 2, type);
  put16 (out + at + 4, CLASS_IN);
  put16 (out + at + 6, ttl >> 16);
  put16 (out + at + 8, ttl & 0xffff);
  put16 (out + at + 10, (unsigned)size);
  memcpy (out + at + 12, data, size);
  put16 (out + 6, get16 (out + 6) + 1u);
  return at + 12 + size;
}

size_t answer_address (uint8_t *out, size_t at, size_t room, const struct address *address, uint32_t ttl)
{
  return record (out, at, room, address->v6 ? TYPE_AAAA : TYPE_A, ttl, address->bytes, address->v6 ? 16 : 4);
}

size_t answer_name (uint8_t *out, size_t at, size_t room, const char *name, uint32_t ttl)
{
  uint8_t data[MAX_NAME + 2];
  size_t used = 0;
  while (*name)
    {
      size_t label = strcspn (name, ".");
      if (label == 0 || label > 63 || used + label + 2 > sizeof data)
        return at;
      data[used++] = (uint8_t)label;
      memcpy (data + used, name, label);
      used += label;
      name += label + (name[label] == '.');
    }
  data[used++] = 0;
  return record (out, at, room, TYPE_PTR, ttl, data, used);
}

size_t answer_end (const struct query *query, uint8_t *out, size_t at, size_t room)
{
  static const uint8_t opt[OPT_LENGTH] = { 0, 0, TYPE_OPT, OUR_UDP >> 8, OUR_UDP & 0xff, 0, 0, 0, 0, 0, 0 };
  if (query->edns && at + sizeof opt <= room)
    {
      memcpy (out + at, opt, sizeof opt);
      put16 (out + 10, 1);
      at += sizeof opt;
    }
  return at;
}

bool same_question (const struct query *query, const uint8_t *answer, size_t length)
{
  if (length < query->question_end || !(answer[2] & 0x80) || get16 (answer + 4) != 1)
    return false;
  for (size_t i = HEADER; i < query->question_end; i++)
    if (tolower (answer[i]) != tolower (query->bytes[i]))
      return false;
  return true;
}

bool each_ttl (uint8_t *answer, size_t length, bool (*visit) (uint8_t *ttl, uint16_t type, bool authority,
                                                               const uint8_t *data, size_t size, void *context),
               void *context)
{
  if (length < HEADER)
    return false;
  size_t answers = get16 (answer + 6);
  size_t total = answers + get16 (answer + 8) + get16 (answer + 10);
  size_t at = skip_name (answer, length, HEADER);
  if (at == 0 || (at += 4) > length)
    return false;
  for (size_t i = 0; i < total; i++)
    {
      size_t end = skip_name (answer, length, at);
      if (end == 0 || end + 10 > length)
        return false;
      size_t size = get16 (answer + end + 8);
      if (end + 10 + size > length)
        return false;
      uint16_t type = get16 (answer + end);
      /* The lifetime of this record has another meaning (RFC 6891, 6.1.3). */
      if (type != TYPE_OPT && !visit (answer + end + 4, type, i >= answers, answer + end + 10, size, context))
        return false;
      at = end + 10 + size;
    }
  return true;
}

static int nibble (char c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool reverse_v6 (const char *name, struct address *address)
{
  if (strlen (name) != 72 || strcmp (name + 63, ".ip6.arpa") != 0)
    return false;
  for (size_t i = 0; i < 32; i++)
    {
      int value = nibble (name[2 * i]);
      if (value < 0 || name[2 * i + 1] != '.')
        return false;
      size_t byte = 15 - i / 2;
      address->bytes[byte] = (uint8_t)(address->bytes[byte] | value << (i % 2 * 4));
    }
  address->v6 = true;
  return true;
}

static bool reverse_v4 (const char *name, struct address *address)
{
  const char *at = name;
  for (int i = 3; i >= 0; i--)
    {
      unsigned value = 0;
      size_t digits = strspn (at, "0123456789");
      if (digits == 0 || digits > 3 || at[digits] != '.')
        return false;
      for (size_t d = 0; d < digits; d++)
        value = value * 10 + (unsigned)(at[d] - '0');
      if (value > 255)
        return false;
      address->bytes[i] = (uint8_t)value;
      at += digits + 1;
    }
  return strcmp (at, "in-addr.arpa") == 0;
}

bool reverse_address (const char *name, struct address *address)
{
  *address = (struct address){ 0 };
  if (reverse_v4 (name, address))
    return true;
  *address = (struct address){ 0 };
  return reverse_v6 (name, address);
}
