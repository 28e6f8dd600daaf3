/* The lengths of a block's codes as they stand in its header, in runs with a code of their own (RFC 1951 section 3.2.7). */
#include "deflate.h"

enum {
  REPEAT = 16,
  ZEROS = 17,
  MANY_ZEROS = 18,
  FEWEST = 4,
};

static const uint8_t ORDER[KINDS_OF_LENGTH] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };

static int32_t used (const struct code *code, int32_t fewest)
{
  int32_t count = code->symbols;
  while (count > fewest && code->lengths[count - 1] == 0)
    count--;
  return count;
}

static uint32_t extra_bits (int32_t symbol)
{
  return symbol == REPEAT ? 2 : symbol == ZEROS ? 3 : symbol == MANY_ZEROS ? 7 : 0;
}

static void run (struct header *header, int32_t symbol, int32_t extra)
{
  header->code.counts[symbol]++;
  header->runs[header->count++] = (uint16_t)(symbol | (extra << 8));
}

static void zeros (struct header *header, int32_t left)
{
  while (left >= 11)
    {
      int32_t some = least (left, 138);
      run (header, MANY_ZEROS, some - 11);
      left -= some;
    }
  if (left >= 3)
    {
      run (header, ZEROS, left - 3);
      left = 0;
    }
  for (; left > 0; left--)
    run (header, 0, 0);
}

static void same (struct header *header, int32_t length, int32_t number)
{
  run (header, length, 0);
  int32_t left = number - 1;
  while (left >= 3)
    {
      int32_t some = least (left, 6);
      run (header, REPEAT, some - 3);
      left -= some;
    }
  for (; left > 0; left--)
    run (header, length, 0);
}

/* How many lengths of the code of runs are told. */
static int32_t told (const struct header *header)
{
  int32_t count = KINDS_OF_LENGTH;
  while (count > FEWEST && header->code.lengths[ORDER[count - 1]] == 0)
    count--;
  return count;
}

/* Takes in a block's codes; answers the bits that they take. */
int64_t header_describe (struct header *header, const struct code *literals, const struct code *distances)
{
  header->literals = used (literals, END + 1);
  header->distances = used (distances, 1);
  memcpy (header->all, literals->lengths, (size_t)header->literals);
  memcpy (header->all + header->literals, distances->lengths, (size_t)header->distances);
  memset (header->code.counts, 0, sizeof header->code.counts);
  header->count = 0;
  int32_t size = header->literals + header->distances;
  for (int32_t at = 0, end; at < size; at = end)
    {
      for (end = at + 1; end < size && header->all[end] == header->all[at];)
        end++;
      if (header->all[at] == 0)
        zeros (header, end - at);
      else
        same (header, header->all[at], end - at);
    }
  code_build (&header->code);
  int64_t bits = 5 + 5 + 4 + 3 * (int64_t)told (header) + code_cost (&header->code, header->code.lengths);
  for (int32_t symbol = REPEAT; symbol <= MANY_ZEROS; symbol++)
    bits += (int64_t)header->code.counts[symbol] * extra_bits (symbol);
  return bits;
}

void header_write (const struct header *header, struct bits *out)
{
  int32_t count = told (header);
  uint32_t sizes = (uint32_t)(header->literals - (END + 1)) | (uint32_t)(header->distances - 1) << 5;
  add (out, sizes | (uint32_t)(count - FEWEST) << 10, 14);
  for (int32_t i = 0; i < count; i++)
    add (out, header->code.lengths[ORDER[i]], 3);
  for (int32_t i = 0; i < header->count; i++)
    {
      int32_t symbol = header->runs[i] & 0xff;
      add (out, header->code.codes[symbol], header->code.lengths[symbol]);
      add (out, header->runs[i] >> 8, extra_bits (symbol));
    }
}
