/* How a line is written in a log: Docker's json-file, or the compact form of docs/design/001-monitor.md. */
#pragma GCC optimize("O2")
#include "monitor.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* "2026-11-21T01:02:03.45Z": nanoseconds without trailing zeros, as Go's RFC3339Nano. One chunk's lines share a time. */
static size_t time_text (char *out, int64_t time)
{
  static int64_t last_second = -1;
  static char text[80];
  int64_t second = time / 1000000000;
  uint32_t nanoseconds = (uint32_t)(time % 1000000000);
  if (second != last_second)
    {
      time_t value = (time_t)second;
      struct tm tm;
      gmtime_r (&value, &tm);
      snprintf (text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", (tm.tm_year + 1900) % 10000, tm.tm_mon + 1,
                tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
      last_second = second;
    }
  memcpy (out, text, 19);
  size_t length = 19;
  if (nanoseconds)
    {
      out[length++] = '.';
      for (uint32_t unit = 100000000; nanoseconds; unit /= 10)
        {
          out[length++] = (char)('0' + nanoseconds / unit);
          nanoseconds %= unit;
        }
    }
  out[length++] = 'Z';
  return length;
}

/* The length of a well-formed UTF-8 sequence, 0 if it is none (RFC 3629: no surrogates, nothing overlong). */
static size_t sequence (const uint8_t *at, size_t left)
{
  uint8_t first = at[0];
  size_t length = first >= 0xc2 && first <= 0xdf ? 2 : (first & 0xf0) == 0xe0 ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length == 0 || length > left)
    return 0;
  for (size_t i = 1; i < length; i++)
    if ((at[i] & 0xc0) != 0x80)
      return 0;
  if ((first == 0xe0 && at[1] < 0xa0) || (first == 0xed && at[1] > 0x9f) || (first == 0xf0 && at[1] < 0x90)
      || (first == 0xf4 && at[1] > 0x8f))
    return 0;
  return length;
}

static bool plain (uint8_t c)
{
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

static uint8_t *escape (uint8_t *out, uint8_t c)
{
  static const char digits[] = "0123456789abcdef";
  *out++ = '\\';
  if (c == '"' || c == '\\')
    *out++ = c;
  else if (c == '\n' || c == '\r')
    *out++ = c == '\n' ? 'n' : 'r';
  else
    {
      memcpy (out, "u00", 3);
      out[3] = (uint8_t)digits[c >> 4];
      out[4] = (uint8_t)digits[c & 15];
      out += 5;
    }
  return out;
}

static uint8_t *multibyte (uint8_t *out, const uint8_t **at, const uint8_t *end)
{
  size_t length = sequence (*at, (size_t)(end - *at));
  /* U+2028 and U+2029 end lines in JavaScript */
  bool separator = length == 3 && (*at)[0] == 0xe2 && (*at)[1] == 0x80 && ((*at)[2] | 1) == 0xa9;
  if (length == 0)
    memcpy (out, "\\ufffd", 6);
  else if (separator)
    memcpy (out, (*at)[2] == 0xa8 ? "\\u2028" : "\\u2029", 6);
  else
    memcpy (out, *at, length);
  *at += length ? length : 1;
  return out + (length == 0 || separator ? 6 : length);
}

static uint8_t *json_text (uint8_t *out, const uint8_t *at, const uint8_t *end)
{
  while (at < end)
    {
      const uint8_t *run = at;
      while (at < end && plain (*at))
        at++;
      memcpy (out, run, (size_t)(at - run));
      out += at - run;
      if (at == end)
        break;
      if (*at < 0x80)
        out = escape (out, *at++);
      else
        out = multibyte (out, &at, end);
    }
  return out;
}

static uint8_t *literal (uint8_t *out, const char *text)
{
  size_t length = strlen (text);
  memcpy (out, text, length);
  return out + length;
}

static size_t json_entry (const struct log *log, uint8_t *start, int stream, const uint8_t *line, size_t length, bool whole,
                          int64_t time)
{
  uint8_t *out = literal (start, "{\"log\":\"");
  out = json_text (out, line, line + length);
  out = literal (out, whole ? "\\n\",\"stream\":\"" : "\",\"stream\":\"");
  out = literal (out, stream == 2 ? "stderr" : "stdout");
  if (*log->attributes)
    {
      out = literal (out, "\",\"attrs\":");
      out = literal (out, log->attributes);
      out = literal (out, ",\"time\":\"");
    }
  else
    out = literal (out, "\",\"time\":\"");
  out += time_text ((char *)out, time);
  out = literal (out, "\"}\n");
  return (size_t)(out - start);
}

static size_t local_entry (uint8_t *out, int stream, const uint8_t *line, size_t length, bool whole, int64_t time)
{
  uint32_t size = (uint32_t)(9 + length);
  memcpy (out, &size, 4);
  out[4] = (uint8_t)(stream | (whole ? 0 : 128));
  memcpy (out + 5, &time, 8);
  memcpy (out + 13, line, length);
  memcpy (out + 13 + length, &size, 4);
  return size + 8;
}

/* The most an entry can take: every byte of the line escaped. */
size_t entry_room (const struct log *log, size_t line)
{
  return log->format == 1 ? 6 * line + strlen (log->attributes) + 128 : line + 32;
}

size_t entry_write (const struct log *log, uint8_t *out, int stream, const uint8_t *line, size_t length, bool whole, int64_t time)
{
  return log->format == 1 ? json_entry (log, out, stream, line, length, whole, time)
                          : local_entry (out, stream, line, length, whole, time);
}
