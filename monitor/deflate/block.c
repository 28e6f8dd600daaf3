/* Literals and matches as a block of deflate (RFC 1951 section 3.2), with the codes that make it smallest. */
#include "deflate.h"

enum {
  FIXED = 1,
  DYNAMIC = 2,
  TYPE_BITS = 3,
  LARGEST_STORED = 65535,
  /* Bytes of a stored block's header. */
  STORED_HEADER = 5,
};

void block_init (struct encoder *encoder)
{
  struct code *literals = &encoder->fixed_literals;
  code_init (literals, MOST_SYMBOLS, LONGEST_CODE);
  memset (literals->lengths, 8, MOST_SYMBOLS);
  memset (literals->lengths + 144, 9, 256 - 144);
  memset (literals->lengths + 256, 7, 280 - 256);
  code_number (literals);
  code_init (&encoder->fixed_distances, DISTANCES, LONGEST_CODE);
  memset (encoder->fixed_distances.lengths, 5, DISTANCES);
  code_number (&encoder->fixed_distances);
  code_init (&encoder->header.code, KINDS_OF_LENGTH, 7);
}

static bool stored_header (struct bits *out, int32_t size)
{
  if (!reserve (out, STORED_HEADER + 1 + (size_t)size))
    return false;
  add (out, 0, TYPE_BITS);
  align (out);
  add (out, (uint32_t)size | (~(uint32_t)size & 0xffff) << 16, 32);
  return true;
}

/* Bytes as they are, in blocks of their own. */
void block_stored (struct bits *out, const uint8_t *window, int32_t from, int32_t to)
{
  for (int32_t at = from, size; at < to; at += size)
    {
      size = least (LARGEST_STORED, to - at);
      if (!stored_header (out, size))
        return;
      memcpy (out->bytes + out->length, window + at, (size_t)size);
      out->length += (size_t)size;
    }
}

/* Ends the stream: an empty block with the fixed codes. */
void block_finish (struct encoder *encoder)
{
  if (reserve (&encoder->out, 2))
    add (&encoder->out, 1 | FIXED << 1, TYPE_BITS + encoder->fixed_literals.lengths[END]);
}

/* Ends on a byte's border, if it has to by an empty stored block. */
void block_boundary (struct bits *out)
{
  if (out->count != 0)
    stored_header (out, 0);
}

static int64_t extra (const struct encoder *encoder)
{
  int64_t bits = 0;
  for (int32_t symbol = END + 1; symbol < LITERALS; symbol++)
    bits += (int64_t)encoder->sequences.literals.counts[symbol] * (symbol < 265 || symbol == 285 ? 0 : (symbol - 261) >> 2);
  for (int32_t symbol = 0; symbol < DISTANCES; symbol++)
    bits += (int64_t)encoder->sequences.distances.counts[symbol] * encoder->symbols.distance_bits[symbol];
  return bits;
}

static void make_match_codes (struct encoder *encoder, const struct code *literals)
{
  const struct symbols *symbols = &encoder->symbols;
  for (int32_t length = 3; length <= LONGEST_MATCH; length++)
    {
      int32_t symbol = symbols->length_symbol[length];
      uint32_t width = literals->lengths[symbol];
      encoder->match_codes[length] = literals->codes[symbol] | (uint64_t)symbols->length_extra[length] << width
                                     | (uint64_t)(width + symbols->length_bits[length]) << 32;
    }
}

static inline void write_match (struct encoder *encoder, struct bits *out, struct match match, const struct code *distances)
{
  const struct symbols *symbols = &encoder->symbols;
  int32_t distance = match.less_distance + 1;
  uint64_t code = encoder->match_codes[match.length];
  uint32_t width = (uint32_t)(code >> 32);
  int32_t symbol = distance_symbol (symbols, distance);
  uint64_t bits = (code & 0xffffffff) | (uint64_t)distances->codes[symbol] << width;
  width += distances->lengths[symbol];
  bits |= (uint64_t)(distance - symbols->distance_base[symbol]) << width;
  add (out, bits, width + symbols->distance_bits[symbol]);
}

/* Three at a time: their codes have at most 45 bits. */
static inline void write_literals (struct bits *out, const uint8_t *from, const uint8_t *to, const struct code *code)
{
  for (; to - from > 2; from += 3)
    {
      uint32_t one = code->lengths[from[0]];
      uint32_t two = one + code->lengths[from[1]];
      uint64_t bits = code->codes[from[0]] | (uint64_t)code->codes[from[1]] << one | (uint64_t)code->codes[from[2]] << two;
      add (out, bits, two + code->lengths[from[2]]);
    }
  for (; from < to; from++)
    add (out, code->codes[*from], code->lengths[*from]);
}

static void body (struct encoder *encoder, const uint8_t *at, const struct code *literals, const struct code *distances)
{
  const struct sequences *sequences = &encoder->sequences;
  /* Of its own, so that what is written can't be what is read next. */
  struct bits out = encoder->out;
  make_match_codes (encoder, literals);
  for (int32_t i = 0; i < sequences->count; i++)
    {
      struct match match = sequences->matches[i];
      write_literals (&out, at, at + match.literals, literals);
      write_match (encoder, &out, match, distances);
      at += match.literals + match.length;
    }
  write_literals (&out, at, at + sequences->rest, literals);
  add (&out, literals->codes[END], literals->lengths[END]);
  encoder->out = out;
}

void block_write (struct encoder *encoder, const uint8_t *window, int32_t from, int32_t to)
{
  struct bits *out = &encoder->out;
  struct code *literals = &encoder->sequences.literals;
  struct code *distances = &encoder->sequences.distances;
  code_build (literals);
  code_build (distances);
  int64_t dynamic = header_describe (&encoder->header, literals, distances) + code_cost (literals, literals->lengths)
                    + code_cost (distances, distances->lengths);
  int64_t fixed = code_cost (literals, encoder->fixed_literals.lengths) + code_cost (distances, encoder->fixed_distances.lengths);
  int64_t bytes = (TYPE_BITS + (fixed < dynamic ? fixed : dynamic) + extra (encoder)) / 8 + 1;
  int32_t size = to - from;
  if (bytes > size + STORED_HEADER * (size / LARGEST_STORED + 1))
    {
      block_stored (out, window, from, to);
      return;
    }
  if (!reserve (out, (size_t)bytes))
    return;
  if (fixed <= dynamic)
    {
      add (out, FIXED << 1, TYPE_BITS);
      body (encoder, window + from, &encoder->fixed_literals, &encoder->fixed_distances);
    }
  else
    {
      add (out, DYNAMIC << 1, TYPE_BITS);
      header_write (&encoder->header, out);
      body (encoder, window + from, literals, distances);
    }
}
