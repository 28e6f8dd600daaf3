/* The log file: lines cut out of the stream, entries gathered and written, files rotated. */
#pragma GCC optimize("O2")
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum
{
  MAX_LINE = 16384, /* Docker's: longer lines become several entries */
  BATCH = 256 << 10
};

/* Given back to the kernel when idle. */
static uint8_t batch[BATCH] __attribute__ ((aligned (4096)));
static size_t batch_length;
static unsigned batch_entries;
static bool batch_used;

static int open_file (struct log *log)
{
  struct stat st;
  log->fd = open (log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (log->fd < 0 || fstat (log->fd, &st) < 0)
    return -1;
  log->size = st.st_size;
  return 0;
}

int log_open (struct log *log, struct error *err)
{
  return open_file (log) < 0 ? fail (err, errno, "open log %s", log->path) : 0;
}

void log_reopen (struct log *log)
{
  if (!log->format)
    return;
  log_flush (log);
  close_fd (&log->fd);
  open_file (log);
}

static void numbered (const struct log *log, unsigned number, const char *suffix, char *out, size_t size)
{
  if (number)
    snprintf (out, size, "%s.%u%s", log->path, number, suffix);
  else
    snprintf (out, size, "%s", log->path);
}

/* The engine compresses old files when it has the time: either form moves on, and makes way for the other. */
static void shift (const struct log *log, unsigned number)
{
  static const char *const suffixes[] = { "", ".gz" };
  char from[4096], to[4096];
  for (int i = 0; i < 2; i++)
    {
      numbered (log, number, suffixes[i], to, sizeof to);
      unlink (to);
    }
  for (int i = 0; i < (number > 1 ? 2 : 1); i++)
    {
      numbered (log, number - 1, suffixes[i], from, sizeof from);
      numbered (log, number, suffixes[i], to, sizeof to);
      rename (from, to);
    }
}

static void rotate (struct log *log)
{
  for (unsigned number = log->max_files - 1; number > 0 && log->max_files > 1; number--)
    shift (log, number);
  if (log->max_files <= 1)
    unlink (log->path);
  close_fd (&log->fd);
  open_file (log);
}

/* A compressed copy takes the place of the file that it was made of, whatever that is called by now: both renaming and
 * this are done here, so neither comes between the other. */
int log_replace (const struct log *log, const char *copy, uint64_t inode, struct error *err)
{
  char plain[4096], packed[4096];
  for (unsigned number = 1; number < log->max_files && log->format; number++)
    {
      struct stat st;
      numbered (log, number, "", plain, sizeof plain);
      numbered (log, number, ".gz", packed, sizeof packed);
      if (stat (plain, &st) < 0 || st.st_ino != inode)
        continue;
      if (rename (copy, packed) < 0)
        return fail (err, errno, "rename %s", copy);
      unlink (plain);
      return 0;
    }
  unlink (copy);
  return 0;
}

static bool write_batch (struct log *log)
{
  size_t done = 0;
  while (done < batch_length && log->fd >= 0)
    {
      ssize_t written = write (log->fd, batch + done, batch_length - done);
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        break;
      done += (size_t)written;
    }
  bool whole = done == batch_length;
  if (whole)
    log->size += (int64_t)done;
  else
    {
      /* The disk is full: back to the last whole entry. The container goes on. */
      if (log->fd >= 0 && ftruncate (log->fd, log->size) < 0)
        close_fd (&log->fd);
      log->lost += batch_entries;
      log->lost_total += batch_entries;
    }
  batch_length = 0;
  batch_entries = 0;
  return whole;
}

static void add_entry (struct log *log, int stream, const uint8_t *line, size_t length, bool whole, int64_t time)
{
  size_t room = entry_room (log, length);
  if (room > BATCH - batch_length)
    log_flush (log);
  if (room > BATCH)
    return;
  batch_used = true;
  batch_length += entry_write (log, batch + batch_length, stream, line, length, whole, time);
  batch_entries++;
  if (log->max_size > 0 && log->size + (int64_t)batch_length >= log->max_size)
    log_flush (log);
}

/* Says once how many entries are missing, when there is room again. */
static void tell_loss (struct log *log)
{
  char text[100];
  int length = snprintf (text, sizeof text, "[naru: %llu log entries lost here: the log could not be written]",
                         (unsigned long long)log->lost);
  batch_length = entry_write (log, batch, 2, (const uint8_t *)text, (size_t)length, true, now ());
  if (write_batch (log))
    log->lost = 0;
}

void log_flush (struct log *log)
{
  if (!batch_length)
    return;
  if (log->fd < 0)
    open_file (log);
  if (write_batch (log) && log->lost > 0)
    tell_loss (log);
  if (log->max_size > 0 && log->size >= log->max_size && log->fd >= 0)
    rotate (log);
}

static void whole_line (struct log *log, struct output *o, const uint8_t *line, size_t length, bool ended, int64_t time)
{
  while (length > MAX_LINE)
    {
      add_entry (log, o->stream, line, MAX_LINE, false, time);
      line += MAX_LINE;
      length -= MAX_LINE;
    }
  add_entry (log, o->stream, line, length, ended, time);
}

/* Completes the line that an earlier chunk began; returns what of data it took. */
static size_t complete (struct log *log, struct output *o, const uint8_t *data, size_t length, int64_t time)
{
  struct queue *q = &o->line;
  const uint8_t *newline = memchr (data, '\n', length);
  size_t part = newline ? (size_t)(newline - data) : length;
  size_t room = MAX_LINE - queue_length (q);
  if (part > room)
    {
      part = room;
      newline = NULL;
    }
  queue_add (q, data, part);
  if (newline)
    add_entry (log, o->stream, q->data + q->start, queue_length (q), true, time);
  else if (queue_length (q) == MAX_LINE && part < length)
    add_entry (log, o->stream, q->data + q->start, MAX_LINE, false, time);
  else
    return part;
  queue_clear (q);
  return part + (newline ? 1 : 0);
}

void log_output (struct log *log, struct output *o, const uint8_t *data, size_t length)
{
  if (!log->format)
    return;
  int64_t time = now ();
  const uint8_t *end = data + length;
  while (data < end && queue_length (&o->line))
    data += complete (log, o, data, (size_t)(end - data), time);
  while (data < end)
    {
      const uint8_t *newline = memchr (data, '\n', (size_t)(end - data));
      if (newline)
        whole_line (log, o, data, (size_t)(newline - data), true, time);
      else
        {
          for (; end - data > MAX_LINE; data += MAX_LINE)
            add_entry (log, o->stream, data, MAX_LINE, false, time);
          queue_add (&o->line, data, (size_t)(end - data));
        }
      data = newline ? newline + 1 : end;
    }
  log_flush (log);
}

/* What has no newline at the end is an entry all the same. */
void log_end (struct log *log, struct output *o)
{
  struct queue *q = &o->line;
  if (log->format && queue_length (q))
    {
      add_entry (log, o->stream, q->data + q->start, queue_length (q), false, now ());
      log_flush (log);
    }
  queue_clear (q);
}

void log_idle (void)
{
  if (batch_used)
    madvise (batch, sizeof batch, MADV_DONTNEED);
  batch_used = false;
}
