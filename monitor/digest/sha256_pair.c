/* SHA-256 of two contents at once.

   The processor's SHA instructions wait for each other: two rounds take four cycles, of which the unit works two. A second
   content that has nothing to do with the first fills the gaps, so that both take as long as one.

   The state is FIPS 180-4's eight words, a to h. The instructions want them as (a b e f) and (c d g h). */

#include <cpuid.h>
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

enum { BLOCK = 64, SSSE3 = 1 << 9, SSE41 = 1 << 19, SHA = 1 << 29 };

static const uint32_t ROUND[64] __attribute__ ((aligned (16))) = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

struct lane
{
  __m128i abef, cdgh;
  __m128i words[4];
};

/* Every lane must stay in registers: none of these may become a call. */
#define INLINE static inline __attribute__ ((always_inline))

INLINE void enter (struct lane *lane, const uint32_t *state)
{
  __m128i abcd = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i *) state), 0xb1);
  __m128i efgh = _mm_shuffle_epi32 (_mm_loadu_si128 ((const __m128i *) (state + 4)), 0x1b);
  lane->abef = _mm_alignr_epi8 (abcd, efgh, 8);
  lane->cdgh = _mm_blend_epi16 (efgh, abcd, 0xf0);
}

INLINE void leave (const struct lane *lane, uint32_t *state)
{
  __m128i feba = _mm_shuffle_epi32 (lane->abef, 0x1b);
  __m128i dchg = _mm_shuffle_epi32 (lane->cdgh, 0xb1);
  _mm_storeu_si128 ((__m128i *) state, _mm_blend_epi16 (feba, dchg, 0xf0));
  _mm_storeu_si128 ((__m128i *) (state + 4), _mm_alignr_epi8 (dchg, feba, 8));
}

INLINE void load (struct lane *lane, const uint8_t *block)
{
  const __m128i big_endian = _mm_set_epi64x (0x0c0d0e0f08090a0b, 0x0405060700010203);
  for (int i = 0; i < 4; i++)
    lane->words[i] = _mm_shuffle_epi8 (_mm_loadu_si128 ((const __m128i *) block + i), big_endian);
}

/* Four rounds, and the four words of the message schedule that come sixteen later. */
INLINE void rounds (struct lane *lane, int i)
{
  __m128i *w = lane->words;
  __m128i sum = _mm_add_epi32 (w[i & 3], _mm_load_si128 ((const __m128i *) ROUND + i));
  lane->cdgh = _mm_sha256rnds2_epu32 (lane->cdgh, lane->abef, sum);
  lane->abef = _mm_sha256rnds2_epu32 (lane->abef, lane->cdgh, _mm_shuffle_epi32 (sum, 0x0e));
  if (i < 12)
    {
      __m128i seven = _mm_alignr_epi8 (w[(i + 3) & 3], w[(i + 2) & 3], 4);
      __m128i next = _mm_add_epi32 (_mm_sha256msg1_epu32 (w[i & 3], w[(i + 1) & 3]), seven);
      w[i & 3] = _mm_sha256msg2_epu32 (next, w[(i + 3) & 3]);
    }
}

/* Whether this processor has the instructions (Intel's manual, CPUID). */
int naru_sha256_pair_works (void)
{
  unsigned int eax, ebx, ecx, edx;
  if (!__get_cpuid (1, &eax, &ebx, &ecx, &edx) || !(ecx & SSSE3) || !(ecx & SSE41))
    return 0;
  return __get_cpuid_count (7, 0, &eax, &ebx, &ecx, &edx) && (ebx & SHA) != 0;
}

/* Takes as many whole blocks of each content into its state. */
void naru_sha256_pair (uint32_t *state, const uint8_t *content, uint32_t *other_state, const uint8_t *other, size_t blocks)
{
  struct lane a, b;
  enter (&a, state);
  enter (&b, other_state);
  for (; blocks > 0; blocks--, content += BLOCK, other += BLOCK)
    {
      __m128i before[] = { a.abef, a.cdgh, b.abef, b.cdgh };
      load (&a, content);
      load (&b, other);
#pragma GCC unroll 16
      for (int i = 0; i < 16; i++)
        {
          rounds (&a, i);
          rounds (&b, i);
        }
      a.abef = _mm_add_epi32 (a.abef, before[0]);
      a.cdgh = _mm_add_epi32 (a.cdgh, before[1]);
      b.abef = _mm_add_epi32 (b.abef, before[2]);
      b.cdgh = _mm_add_epi32 (b.cdgh, before[3]);
    }
  leave (&a, state);
  leave (&b, other_state);
}
