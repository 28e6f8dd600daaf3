/* Compresses the pieces of a stream, each by itself with the end of the piece before as its dictionary. */
#include "deflate.h"

enum {
  /* How much looks random or not as a whole. */
  PART = 1024,
  /* Bytes of a part that are counted: every second run. */
  SAMPLE = PART / 2,
  /* Bytes that are counted before what they tell is looked at. */
  LOOK = 64,
  /* In random parts only every eighth place is noted: that shows whether they are repeated. */
  STEP = 8,
};

enum kind {
  TEXT,
  /* Compressed or encrypted already. */
  NOISE,
  /* Noise that was there before. */
  REPEATED,
};

/* Whether a part has all bytes about as often as chance would have it. */
static bool looks_random (const uint8_t *part)
{
  uint16_t histogram[256] = { 0 };
  /* n random bytes have squares of n*n/256 + n in sum; a sixth more or less is six deviations away. */
  int32_t even = SAMPLE * (SAMPLE / 256) + SAMPLE;
  int32_t squares = 0;
  for (int32_t at = 0; at < PART; at += LOOK * PART / SAMPLE)
    {
      for (int32_t i = at; i < at + LOOK; i++)
        squares += 2 * histogram[part[i]]++ + 1;
      /* They only grow, and in text fast. */
      if (squares >= even + even / 6)
        return false;
    }
  return squares > even - even / 6;
}

static enum kind kind (const struct encoder *encoder, const uint8_t *window, int32_t from, int32_t to)
{
  if (to - from < PART || !looks_random (window + from))
    return TEXT;
  return matches_repeat (encoder->places, window, from, STEP) ? REPEATED : NOISE;
}

/* Where parts begin that are of another kind, which is answered too. */
static int32_t run_end (struct encoder *encoder, const uint8_t *window, int32_t from, int32_t to, enum kind of, enum kind *next)
{
  int32_t end = from;
  do
    {
      int32_t start = end;
      end = least (start + PART, to);
      if (of == NOISE)
        matches_note (encoder->places, window, start, end, STEP);
      /* What repeats noise is known only when the part before has been noted. */
      *next = of != REPEATED ? kind (encoder, window, end, to) : TEXT;
    }
  while (end < to && of != REPEATED && *next == of);
  return end;
}

static void compress_run (struct encoder *encoder, const uint8_t *window, int32_t from, int32_t to)
{
  struct sequences *sequences = &encoder->sequences;
  for (int32_t at = from, end; at < to; at = end)
    {
      memset (sequences->literals.counts, 0, sizeof sequences->literals.counts);
      memset (sequences->distances.counts, 0, sizeof sequences->distances.counts);
      sequences->literals.counts[END] = 1;
      sequences->count = 0;
      end = matches_find (encoder, window, at, to);
      block_write (encoder, window, at, end);
    }
}

/* Bytes that an encoder takes; the caller's memory, of which a word's alignment is asked. */
__attribute__ ((visibility ("default"))) int64_t naru_deflate_size (void);

int64_t naru_deflate_size (void)
{
  return sizeof (struct encoder);
}

__attribute__ ((visibility ("default"))) void naru_deflate_init (struct encoder *encoder);

void naru_deflate_init (struct encoder *encoder)
{
  memset (encoder, 0, sizeof *encoder);
  symbols_init (&encoder->symbols);
  block_init (encoder);
  code_init (&encoder->sequences.literals, LITERALS, 14);
  code_init (&encoder->sequences.distances, DISTANCES, LONGEST_CODE);
}

/* Compresses what a window has between two places, with what is before them as its dictionary (up to 32 KiB); PADDING
   zeros are behind it. Answers how many bytes were written, ended on a byte's border, or -1 when they have no room. */
__attribute__ ((visibility ("default"))) int64_t naru_deflate (struct encoder *encoder, const uint8_t *window, int32_t from,
                                                               int32_t to, int32_t last, uint8_t *out, int64_t capacity);

int64_t naru_deflate (struct encoder *encoder, const uint8_t *window, int32_t from, int32_t to, int32_t last, uint8_t *out,
                      int64_t capacity)
{
  encoder->out = (struct bits){ .bytes = out, .capacity = (size_t)capacity };
  memset (encoder->places, 0, sizeof encoder->places);
  matches_note (encoder->places, window, 0, from, 1);
  enum kind next = kind (encoder, window, from, to);
  for (int32_t at = from, end; at < to; at = end)
    {
      enum kind here = next;
      end = run_end (encoder, window, at, to, here, &next);
      if (here == NOISE)
        block_stored (&encoder->out, window, at, end);
      else
        compress_run (encoder, window, at, end);
      /* What was compressed has been noted meanwhile. */
      if (here != NOISE && end < to)
        next = kind (encoder, window, end, to);
    }
  if (last)
    block_finish (encoder);
  else
    block_boundary (&encoder->out);
  if (!reserve (&encoder->out, 1))
    return -1;
  align (&encoder->out);
  return (int64_t)encoder->out.length;
}
