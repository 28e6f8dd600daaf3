/* What a window repeats of itself (LZ77). */
#include "deflate.h"

enum {
  SHORTEST = 4,
  WORD = 8,
  PLACE = 0xffff,
  /* A match so long is taken without looking for a longer one at the next place. */
  GOOD = 8,
  /* Places inside of a match that are noted. */
  NOTED = 32,
  /* After so many literals (a power of two) only every second place is looked at, and so on. */
  HURRY = 6,
};

struct found
{
  int32_t length;
  int32_t distance;
};

static inline uint32_t hash (uint64_t here)
{
  return ((uint32_t)here * 0x9E3779B1u) >> (32 - HASH_BITS);
}

static inline uint64_t noted (uint64_t known, int32_t at)
{
  return (known << 16) | ((uint32_t)at & PLACE);
}

void matches_note (uint64_t *places, const uint8_t *window, int32_t from, int32_t to, int32_t step)
{
  for (int32_t at = from; at < to; at += step)
    {
      uint32_t four;
      memcpy (&four, window + at, sizeof four);
      uint32_t hashed = hash (four);
      places[hashed] = noted (places[hashed], at);
    }
}

static inline int32_t distance_of (int32_t at, uint64_t place)
{
  return (int32_t)(((uint32_t)at - (uint32_t)place) & PLACE);
}

static inline bool is_reached (int32_t at, int32_t distance)
{
  return distance > 0 && distance <= least (REACH, at);
}

/* How many bytes up to eight are equal, above the nearness, so that the larger is the better. */
static inline int32_t equal (const uint8_t *window, int32_t at, uint64_t here, uint64_t place)
{
  int32_t distance = distance_of (at, place);
  bool reached = is_reached (at, distance);
  uint64_t difference = word (window, reached ? at - distance : at) ^ here;
  int32_t same = difference == 0 ? WORD : __builtin_ctzll (difference) >> 3;
  return reached ? (same << 16) | (PLACE - distance) : 0;
}

static inline int32_t larger (int32_t left, int32_t right)
{
  return left > right ? left : right;
}

static int32_t common (const uint8_t *window, int32_t left, int32_t right, int32_t most)
{
  for (int32_t length = WORD; length < most; length += WORD)
    {
      uint64_t difference = word (window, left + length) ^ word (window, right + length);
      if (difference != 0)
        return least (most, length + (__builtin_ctzll (difference) >> 3));
    }
  return most;
}

/* The longest of those matches that have eight bytes at least. */
static struct found extended (const uint8_t *window, int32_t at, uint64_t here, uint64_t known, int32_t most, int32_t shortest)
{
  struct found best = { 0, 0 };
  int32_t length = shortest;
  for (int shift = 0; shift < 64 && length < most; shift += 16)
    {
      int32_t each = distance_of (at, known >> shift);
      if (is_reached (at, each) && word (window, at - each) == here && window[at - each + length] == window[at + length])
        {
          int32_t longer = common (window, at - each, at, most);
          if (longer > length)
            {
              length = longer;
              best = (struct found){ longer, each };
            }
        }
    }
  return best;
}

/* The longest match; of no length when none is longer than shortest. */
static inline struct found longest (const uint8_t *window, int32_t at, uint64_t here, uint64_t known, int32_t to, int32_t shortest)
{
  int32_t first = larger (equal (window, at, here, known), equal (window, at, here, known >> 16));
  int32_t later = larger (equal (window, at, here, known >> 32), equal (window, at, here, known >> 48));
  int32_t best = larger (first, later);
  int32_t length = best >> 16;
  if (length <= least (shortest, WORD - 1))
    return (struct found){ 0, 0 };
  int32_t most = least (LONGEST_MATCH, to - at);
  if (length == WORD)
    return extended (window, at, here, known, most, shortest);
  length = least (length, most);
  return length <= shortest ? (struct found){ 0, 0 } : (struct found){ length, PLACE - (best & PLACE) };
}

bool matches_repeat (const uint64_t *places, const uint8_t *window, int32_t from, int32_t count)
{
  for (int32_t at = from; at < from + count; at++)
    {
      uint64_t here = word (window, at);
      if (extended (window, at, here, places[hash (here)], 2 * WORD, 2 * WORD - 1).length != 0)
        return true;
    }
  return false;
}

static inline void count_literals (struct sequences *into, const uint8_t *window, int32_t from, int32_t to)
{
  for (int32_t at = from; at < to; at++)
    into->literals.counts[window[at]]++;
}

static inline void take (struct encoder *encoder, int32_t literals, struct found match)
{
  struct sequences *into = &encoder->sequences;
  into->literals.counts[encoder->symbols.length_symbol[match.length]]++;
  into->distances.counts[distance_symbol (&encoder->symbols, match.distance)]++;
  into->matches[into->count++] = (struct match){ literals, (uint16_t)match.length, (uint16_t)(match.distance - 1) };
}

/* Divides a run into literals and matches; answers where it stopped, because the block is full or the run ends. */
int32_t matches_find (struct encoder *encoder, const uint8_t *window, int32_t from, int32_t to)
{
  struct sequences *into = &encoder->sequences;
  uint64_t *places = encoder->places;
  int32_t last = to - SHORTEST;
  int32_t end = least (last, from + MOST_BYTES);
  int32_t at = from;
  int32_t literals = from;
  while (at <= end && into->count < MOST_MATCHES)
    {
      uint64_t here = word (window, at);
      uint32_t hashed = hash (here);
      uint64_t known = places[hashed];
      places[hashed] = noted (known, at);
      struct found match = longest (window, at, here, known, to, SHORTEST - 1);
      if (match.length == 0)
        {
          int32_t next = least (to, at + 1 + ((at - literals) >> HURRY));
          count_literals (into, window, at, next);
          at = next;
          continue;
        }
      while (match.length < GOOD && at < last)
        {
          uint64_t there = word (window, at + 1);
          hashed = hash (there);
          known = places[hashed];
          struct found longer = longest (window, at + 1, there, known, to, match.length);
          if (longer.length == 0)
            break;
          places[hashed] = noted (known, at + 1);
          count_literals (into, window, at, at + 1);
          match = longer;
          at++;
        }
      take (encoder, at - literals, match);
      matches_note (places, window, at + 1, least (at + least (match.length, NOTED), last + 1), 1);
      at += match.length;
      literals = at;
    }
  if (at > last)
    {
      count_literals (into, window, at, to);
      at = to;
    }
  into->rest = at - literals;
  return at;
}
