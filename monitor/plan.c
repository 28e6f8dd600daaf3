#include "plan.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t *take (struct cursor *c, size_t size)
{
  if (c->bad || (size_t)(c->end - c->at) < size)
    {
      c->bad = true;
      return NULL;
    }
  const uint8_t *here = c->at;
  c->at += size;
  return here;
}

static uint32_t take_u32 (struct cursor *c)
{
  uint32_t value = 0;
  const uint8_t *here = take (c, sizeof value);
  if (here)
    memcpy (&value, here, sizeof value);
  return value;
}

uint64_t take_number (struct cursor *c)
{
  uint64_t value = 0;
  const uint8_t *here = take (c, sizeof value);
  if (here)
    memcpy (&value, here, sizeof value);
  return value;
}

const char *take_bytes (struct cursor *c, size_t *length)
{
  *length = take_u32 (c);
  const uint8_t *here = take (c, *length + 1);
  if (!here || here[*length] != 0)
    {
      c->bad = true;
      *length = 0;
      return "";
    }
  return (const char *)here;
}

const char *take_text (struct cursor *c)
{
  size_t length;
  return take_bytes (c, &length);
}

char **take_texts (struct cursor *c)
{
  uint64_t count = take_number (c);
  if (count > (size_t)(c->end - c->at))
    {
      c->bad = true;
      count = 0;
    }
  char **texts = calloc (count + 1, sizeof *texts);
  for (uint64_t i = 0; texts && i < count; i++)
    texts[i] = (char *)(uintptr_t)take_text (c);
  return texts;
}

bool next_operation (struct cursor *plan, uint32_t *code, struct cursor *fields)
{
  if (plan->at == plan->end || plan->bad)
    return false;
  *code = take_u32 (plan);
  uint32_t length = take_u32 (plan);
  const uint8_t *here = take (plan, length);
  if (!here)
    return false;
  *fields = (struct cursor){ .at = here, .end = here + length };
  return true;
}
