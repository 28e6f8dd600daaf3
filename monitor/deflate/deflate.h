/* The engine's encoder of deflate (RFC 1951) as a library that the engine loads: the same bytes as its Java encoder makes
   (docs/design/025-deflate.md), without a compiler that has to understand it first. Integers alone, no instruction that
   only some processors have, no global state, no call out: what comes out depends on what goes in. */
#ifndef NARU_DEFLATE_H
#define NARU_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

_Static_assert (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a word is its lowest");

enum {
  /* How far back deflate reaches. */
  REACH = 32 * 1024,
  /* Bytes behind a window's end that are read, and count for nothing. */
  PADDING = 16,
  END = 256,
  LITERALS = 286,
  DISTANCES = 30,
  LONGEST_MATCH = 258,
  /* Symbols that the fixed code has. */
  MOST_SYMBOLS = 288,
  LONGEST_CODE = 15,
  HASH_BITS = 13,
  MOST_MATCHES = 12 * 1024,
  /* More input would make a block that adapts too late. */
  MOST_BYTES = 64 * 1024,
  KINDS_OF_LENGTH = 19,
};

struct bits
{
  uint8_t *bytes;
  size_t capacity;
  size_t length;
  uint64_t pending;
  uint32_t count;
  /* Set when there was no room, which must not happen. */
  bool full;
};

/* A canonical Huffman code, made from how often its symbols occur. */
struct code
{
  int32_t symbols;
  int32_t longest;
  int32_t counts[MOST_SYMBOLS];
  /* With its first bit lowest, as it is written. */
  uint32_t codes[MOST_SYMBOLS];
  uint8_t lengths[MOST_SYMBOLS];
};

struct match
{
  int32_t literals;
  uint16_t length;
  uint16_t less_distance;
};

/* Literals and matches of a block to be. */
struct sequences
{
  int32_t count;
  /* Literals behind the last match. */
  int32_t rest;
  struct code literals;
  struct code distances;
  struct match matches[MOST_MATCHES];
};

struct symbols
{
  /* By length. */
  uint16_t length_symbol[LONGEST_MATCH + 1];
  uint8_t length_extra[LONGEST_MATCH + 1];
  uint8_t length_bits[LONGEST_MATCH + 1];
  /* By distance less one below 256, by its higher bits above. */
  uint8_t distance_symbol[512];
  int32_t distance_base[DISTANCES];
  uint8_t distance_bits[DISTANCES];
};

/* The lengths of a block's codes as its header has them. */
struct header
{
  int32_t count;
  int32_t literals;
  int32_t distances;
  struct code code;
  uint8_t all[LITERALS + DISTANCES];
  /* Each a symbol with its extra bits above. */
  uint16_t runs[LITERALS + DISTANCES];
};

struct encoder
{
  struct bits out;
  struct symbols symbols;
  struct code fixed_literals;
  struct code fixed_distances;
  struct header header;
  /* Of each match length its code with extra bits above, and above these their width. */
  uint64_t match_codes[LONGEST_MATCH + 1];
  struct sequences sequences;
  /* Of each hash the last four places, 16 bits each. */
  uint64_t places[1 << HASH_BITS];
};

static inline uint64_t word (const uint8_t *window, int32_t at)
{
  uint64_t value;
  memcpy (&value, window + at, sizeof value);
  return value;
}

static inline int32_t least (int32_t left, int32_t right)
{
  return left < right ? left : right;
}

/* Room for so many bytes more, and the word that is written whatever of it counts. */
static inline bool reserve (struct bits *out, size_t more)
{
  if (out->full || out->capacity - out->length < more + 16)
    out->full = true;
  return !out->full;
}

/* Adds up to 56 bits, for which there is room. */
static inline void add (struct bits *out, uint64_t bits, uint32_t width)
{
  uint64_t all = out->pending | (bits << out->count);
  memcpy (out->bytes + out->length, &all, sizeof all);
  uint32_t filled = out->count + width;
  out->length += filled >> 3;
  out->pending = all >> (filled & 0x38);
  out->count = filled & 7;
}

static inline void align (struct bits *out)
{
  if (out->count > 0)
    add (out, 0, 8 - out->count);
}

static inline int32_t distance_symbol (const struct symbols *symbols, int32_t distance)
{
  int32_t less = distance - 1;
  return symbols->distance_symbol[less < 256 ? less : 256 + (less >> 7)];
}

void symbols_init (struct symbols *symbols);
void code_init (struct code *code, int32_t symbols, int32_t longest);
void code_build (struct code *code);
void code_number (struct code *code);
int64_t code_cost (const struct code *code, const uint8_t *lengths);
int64_t header_describe (struct header *header, const struct code *literals, const struct code *distances);
void header_write (const struct header *header, struct bits *out);
void block_init (struct encoder *encoder);
void block_stored (struct bits *out, const uint8_t *window, int32_t from, int32_t to);
void block_write (struct encoder *encoder, const uint8_t *window, int32_t from, int32_t to);
void block_finish (struct encoder *encoder);
void block_boundary (struct bits *out);
void matches_note (uint64_t *places, const uint8_t *window, int32_t from, int32_t to, int32_t step);
bool matches_repeat (const uint64_t *places, const uint8_t *window, int32_t from, int32_t count);
int32_t matches_find (struct encoder *encoder, const uint8_t *window, int32_t from, int32_t to);

#endif
