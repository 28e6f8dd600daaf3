/* Huffman codes (RFC 1951 section 3.2.2) and the symbols of lengths and distances (section 3.2.5). */
#include "deflate.h"

enum {
  SYMBOL_BITS = 9,
  SYMBOL = (1 << SYMBOL_BITS) - 1,
  DIGIT_BITS = 8,
  DIGITS = 1 << DIGIT_BITS,
};

void symbols_init (struct symbols *symbols)
{
  int32_t length = 3;
  for (int32_t symbol = 257; symbol < 285; symbol++)
    {
      int32_t bits = symbol < 261 ? 0 : (symbol - 261) >> 2;
      for (int32_t extra = 0; extra < 1 << bits; extra++, length++)
        {
          symbols->length_symbol[length] = (uint16_t)symbol;
          symbols->length_extra[length] = (uint8_t)extra;
          symbols->length_bits[length] = (uint8_t)bits;
        }
      if (length > LONGEST_MATCH)
        length = LONGEST_MATCH;
    }
  symbols->length_symbol[LONGEST_MATCH] = 285;
  symbols->length_extra[LONGEST_MATCH] = 0;
  symbols->length_bits[LONGEST_MATCH] = 0;
  int32_t distance = 1;
  for (int32_t symbol = 0; symbol < DISTANCES; symbol++)
    {
      int32_t bits = symbol < 2 ? 0 : (symbol >> 1) - 1;
      symbols->distance_base[symbol] = distance;
      symbols->distance_bits[symbol] = (uint8_t)bits;
      for (int32_t each = distance - 1; each < distance - 1 + (1 << bits); each++)
        symbols->distance_symbol[each < 256 ? each : 256 + (each >> 7)] = (uint8_t)symbol;
      distance += 1 << bits;
    }
}

void code_init (struct code *code, int32_t symbols, int32_t longest)
{
  memset (code, 0, sizeof *code);
  code->symbols = symbols;
  code->longest = longest;
}

/* Sorts the keys, which are in the order of their symbols, by counts: a digit a pass, lowest first. */
static void sort (uint32_t *keys, uint32_t *other, int32_t used)
{
  uint32_t all = 0;
  for (int32_t i = 0; i < used; i++)
    all |= keys[i];
  for (int shift = SYMBOL_BITS; shift < 32 && all >> shift != 0; shift += DIGIT_BITS)
    {
      int32_t digits[DIGITS] = { 0 };
      for (int32_t i = 0; i < used; i++)
        digits[(keys[i] >> shift) % DIGITS]++;
      int32_t at = 0;
      for (int digit = 0; digit < DIGITS; digit++)
        {
          int32_t count = digits[digit];
          digits[digit] = at;
          at += count;
        }
      for (int32_t i = 0; i < used; i++)
        other[digits[(keys[i] >> shift) % DIGITS]++] = keys[i];
      memcpy (keys, other, (size_t)used * sizeof *keys);
    }
}

/* Moffat and Katajainen (1995), in place: a tree of nodes that know their parent. */
static void join (int32_t *tree, int32_t used)
{
  int32_t leaf = 0;
  int32_t root = 0;
  for (int32_t node = 0; node < used - 1; node++)
    {
      int32_t weight = 0;
      for (int child = 0; child < 2; child++)
        if (leaf >= used || (root < node && tree[root] < tree[leaf]))
          {
            weight += tree[root];
            tree[root++] = node;
          }
        else
          weight += tree[leaf++];
      tree[node] = weight;
    }
}

/* Codes cut to the longest length take more room than there is: others become longer until all fit (Kraft). */
static void shorten (int32_t *per_length, int32_t longest)
{
  int32_t room = 0;
  for (int32_t length = 1; length <= longest; length++)
    room += per_length[length] << (longest - length);
  for (; room > 1 << longest; room--)
    {
      int32_t length = longest - 1;
      while (length > 0 && per_length[length] == 0)
        length--;
      per_length[length]--;
      per_length[length + 1] += 2;
      per_length[longest]--;
    }
}

static void depths (const uint32_t *keys, int32_t *tree, int32_t used, int32_t *per_length, int32_t longest)
{
  for (int32_t i = 0; i < used; i++)
    tree[i] = (int32_t)(keys[i] >> SYMBOL_BITS);
  join (tree, used);
  tree[used - 2] = 0;
  for (int32_t i = used - 3; i >= 0; i--)
    tree[i] = tree[tree[i]] + 1;
  int32_t open = 1;
  int32_t node = used - 2;
  for (int32_t depth = 0; open > 0; depth++)
    {
      int32_t inner = 0;
      for (; node >= 0 && tree[node] == depth; node--)
        inner++;
      per_length[least (depth, longest)] += open - inner;
      open = inner * 2;
    }
  shorten (per_length, longest);
}

void code_build (struct code *code)
{
  uint32_t keys[MOST_SYMBOLS];
  union
  {
    uint32_t keys[MOST_SYMBOLS];
    int32_t tree[MOST_SYMBOLS];
  } other;
  int32_t used = 0;
  memset (code->lengths, 0, sizeof code->lengths);
  for (int32_t symbol = 0; symbol < code->symbols; symbol++)
    if (code->counts[symbol] > 0)
      keys[used++] = ((uint32_t)code->counts[symbol] << SYMBOL_BITS) | (uint32_t)symbol;
  if (used < 2)
    {
      /* A code of one symbol would be incomplete, which not every decoder takes. */
      uint32_t only = used == 0 ? 0 : keys[0] & SYMBOL;
      code->lengths[only] = 1;
      code->lengths[only == 0 ? 1 : 0] = 1;
    }
  else
    {
      int32_t per_length[LONGEST_CODE + 2] = { 0 };
      sort (keys, other.keys, used);
      depths (keys, other.tree, used, per_length, code->longest);
      int32_t at = 0;
      for (int32_t length = code->longest; length > 0; length--)
        for (int32_t i = 0; i < per_length[length] && at < used; i++)
          code->lengths[keys[at++] & SYMBOL] = (uint8_t)length;
    }
  code_number (code);
}

static inline uint32_t reversed (uint32_t bits, int width)
{
  bits = ((bits & 0x5555) << 1) | ((bits >> 1) & 0x5555);
  bits = ((bits & 0x3333) << 2) | ((bits >> 2) & 0x3333);
  bits = ((bits & 0x0f0f) << 4) | ((bits >> 4) & 0x0f0f);
  bits = ((bits & 0x00ff) << 8) | (bits >> 8);
  return (bits & 0xffff) >> (16 - width);
}

/* Gives each symbol its code from the lengths alone. */
void code_number (struct code *code)
{
  uint32_t next[LONGEST_CODE + 2] = { 0 };
  uint32_t per_length[LONGEST_CODE + 2] = { 0 };
  for (int32_t symbol = 0; symbol < code->symbols; symbol++)
    per_length[code->lengths[symbol]]++;
  per_length[0] = 0;
  for (int32_t length = 1; length <= code->longest; length++)
    next[length] = (next[length - 1] + per_length[length - 1]) << 1;
  for (int32_t symbol = 0; symbol < code->symbols; symbol++)
    if (code->lengths[symbol] > 0)
      code->codes[symbol] = reversed (next[code->lengths[symbol]]++, code->lengths[symbol]);
}

/* Bits that all symbols counted take in a code of such lengths. */
int64_t code_cost (const struct code *code, const uint8_t *lengths)
{
  int64_t bits = 0;
  for (int32_t symbol = 0; symbol < code->symbols; symbol++)
    bits += (int64_t)code->counts[symbol] * lengths[symbol];
  return bits;
}
