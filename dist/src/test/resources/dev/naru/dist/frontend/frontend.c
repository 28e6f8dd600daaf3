/* A frontend as images have them: gRPC calls over standard output, answers over standard input. It reads the build file and
   either hands it to the Dockerfile frontend, or makes one file of it, or misbehaves as the build argument MODE says. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bytes
{
  uint8_t data[1 << 20];
  size_t size;
};

static int next_stream = 1;

static void stop (const char *why)
{
  fprintf (stderr, "frontend: %s\n", why);
  exit (3);
}

static void put (struct bytes *to, const void *from, size_t size)
{
  if (to->size + size > sizeof to->data)
    stop ("message too large");
  memcpy (to->data + to->size, from, size);
  to->size += size;
}

static void put_number (struct bytes *to, uint64_t value)
{
  for (; value > 127; value >>= 7)
    put (to, &(uint8_t){ (uint8_t) (value | 128) }, 1);
  put (to, &(uint8_t){ (uint8_t) value }, 1);
}

static void put_field (struct bytes *to, unsigned field, const void *from, size_t size)
{
  put_number (to, field << 3 | 2);
  put_number (to, size);
  put (to, from, size);
}

static void put_text (struct bytes *to, unsigned field, const char *text)
{
  put_field (to, field, text, strlen (text));
}

static void put_integer (struct bytes *to, unsigned field, int64_t value)
{
  put_number (to, field << 3);
  put_number (to, (uint64_t) value);
}

static uint64_t get_number (const uint8_t **at, const uint8_t *end)
{
  uint64_t value = 0;
  for (int shift = 0; *at < end; shift += 7)
    {
      uint8_t next = *(*at)++;
      value |= (uint64_t) (next & 127) << shift;
      if (next < 128)
        return value;
    }
  stop ("message ends too early");
  return 0;
}

/* The last field of that number, of kind 2, and its size; null when there is none. */
static const uint8_t *get_field (const uint8_t *at, size_t size, unsigned field, size_t *length)
{
  const uint8_t *end = at + size, *found = NULL;
  while (at < end)
    {
      uint64_t tag = get_number (&at, end), value = get_number (&at, end);
      if ((tag & 7) == 0)
        continue;
      if (tag >> 3 == field)
        {
          found = at;
          *length = value;
        }
      at += value;
    }
  return found;
}

static void write_all (const void *from, size_t size)
{
  for (size_t done = 0; done < size;)
    {
      ssize_t count = write (1, (const char *) from + done, size - done);
      if (count < 0)
        stop ("cannot write");
      done += (size_t) count;
    }
}

static void read_all (void *to, size_t size)
{
  for (size_t done = 0; done < size;)
    {
      ssize_t count = read (0, (char *) to + done, size - done);
      if (count <= 0)
        stop ("cannot read");
      done += (size_t) count;
    }
}

static void send_frame (int type, int flags, int stream, const void *payload, size_t size)
{
  uint8_t head[9] = { (uint8_t) (size >> 16), (uint8_t) (size >> 8), (uint8_t) size, (uint8_t) type, (uint8_t) flags, 0, 0,
                      (uint8_t) (stream >> 8), (uint8_t) stream };
  write_all (head, sizeof head);
  write_all (payload, size);
}

static void put_header (struct bytes *to, const char *name, const char *value)
{
  put (to, "", 1);
  put (to, &(uint8_t){ (uint8_t) strlen (name) }, 1);
  put (to, name, strlen (name));
  put (to, &(uint8_t){ (uint8_t) strlen (value) }, 1);
  put (to, value, strlen (value));
}

/* Waits for the answer of a call; 0 when there was one. What failed is told on standard error. */
static int await_answer (const char *method, int stream, struct bytes *answer)
{
  answer->size = 0;
  for (;;)
    {
      static uint8_t payload[1 << 16];
      uint8_t frame[9];
      read_all (frame, sizeof frame);
      size_t size = (size_t) frame[0] << 16 | (size_t) frame[1] << 8 | frame[2];
      if (size > sizeof payload)
        stop ("frame too large");
      read_all (payload, size);
      if (frame[3] == 4 && !(frame[4] & 1))
        send_frame (4, 1, 0, "", 0);
      if ((frame[7] << 8 | frame[8]) != stream)
        continue;
      if (frame[3] == 0)
        put (answer, payload, size);
      if (frame[3] == 3)
        return -1;
      if (frame[3] == 1 && frame[4] & 1 && answer->size < 5)
        {
          fprintf (stderr, "%s: ", method);
          for (size_t i = 0; i < size; i++)
            if (payload[i] >= ' ' && payload[i] < 127)
              fputc (payload[i], stderr);
          fputc ('\n', stderr);
          return -1;
        }
      if (frame[4] & 1)
        break;
    }
  memmove (answer->data, answer->data + 5, answer->size -= 5);
  return 0;
}

/* Calls, and waits for the answer. */
static int call (const char *method, const struct bytes *request, struct bytes *answer)
{
  static struct bytes block;
  char path[128];
  int stream = next_stream;
  next_stream += 2;
  snprintf (path, sizeof path, "/moby.buildkit.v1.frontend.LLBBridge/%s", method);
  block.size = 0;
  put_header (&block, ":method", "POST");
  put_header (&block, ":scheme", "http");
  put_header (&block, ":path", path);
  put_header (&block, ":authority", "localhost");
  put_header (&block, "content-type", "application/grpc");
  put_header (&block, "te", "trailers");
  send_frame (1, 4, stream, block.data, block.size);
  uint8_t head[5] = { 0, (uint8_t) (request->size >> 24), (uint8_t) (request->size >> 16), (uint8_t) (request->size >> 8),
                      (uint8_t) request->size };
  send_frame (0, request->size == 0, stream, head, sizeof head);
  for (size_t at = 0; at < request->size;)
    {
      size_t length = request->size - at > 16384 ? 16384 : request->size - at;
      send_frame (0, at + length == request->size, stream, request->data + at, length);
      at += length;
    }
  return await_answer (method, stream, answer);
}

static const char *option (const char *name)
{
  for (int i = 0;; i++)
    {
      char variable[64];
      snprintf (variable, sizeof variable, "BUILDKIT_FRONTEND_OPT_%d", i);
      const char *value = getenv (variable);
      if (value == NULL)
        return NULL;
      if (strncmp (value, name, strlen (name)) == 0 && value[strlen (name)] == '=')
        return value + strlen (name) + 1;
    }
}

/* The digest of an operation, which others name it by. */
static void sha256 (const uint8_t *data, size_t size, char *hex)
{
  static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  };
  uint32_t h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
  size_t total = (size + 9 + 63) / 64 * 64;
  uint8_t *all = calloc (1, total);
  memcpy (all, data, size);
  all[size] = 0x80;
  for (int i = 0; i < 8; i++)
    all[total - 1 - (size_t) i] = (uint8_t) ((uint64_t) size * 8 >> (8 * i));
#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))
  for (size_t at = 0; at < total; at += 64)
    {
      uint32_t w[64], s[8];
      for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t) all[at + 4 * i] << 24 | (uint32_t) all[at + 4 * i + 1] << 16 | (uint32_t) all[at + 4 * i + 2] << 8
               | all[at + 4 * i + 3];
      for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + (ROTATE (w[i - 15], 7) ^ ROTATE (w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7]
               + (ROTATE (w[i - 2], 17) ^ ROTATE (w[i - 2], 19) ^ w[i - 2] >> 10);
      memcpy (s, h, sizeof s);
      for (int i = 0; i < 64; i++)
        {
          uint32_t one = s[7] + (ROTATE (s[4], 6) ^ ROTATE (s[4], 11) ^ ROTATE (s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6]))
                         + k[i] + w[i];
          uint32_t two = (ROTATE (s[0], 2) ^ ROTATE (s[0], 13) ^ ROTATE (s[0], 22))
                         + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
          memmove (s + 1, s, 7 * sizeof *s);
          s[4] += one;
          s[0] = one + two;
        }
      for (int i = 0; i < 8; i++)
        h[i] += s[i];
    }
  free (all);
  hex += sprintf (hex, "sha256:");
  for (int i = 0; i < 8; i++)
    hex += sprintf (hex, "%08x", h[i]);
}

/* A definition of one operation, and the one that names its result. */
static void put_definition (struct bytes *to, const struct bytes *operation)
{
  static struct bytes input, last;
  char digest[80];
  sha256 (operation->data, operation->size, digest);
  input.size = last.size = 0;
  put_text (&input, 1, digest);
  put_field (&last, 1, input.data, input.size);
  put_field (to, 1, operation->data, operation->size);
  put_field (to, 1, last.data, last.size);
}

/* Asks for the tree of an operation; its reference is copied. */
static void solve (const struct bytes *operation, char *reference)
{
  static struct bytes definition, request, answer;
  definition.size = request.size = 0;
  put_definition (&definition, operation);
  put_field (&request, 1, definition.data, definition.size);
  if (call ("Solve", &request, &answer) < 0)
    stop ("cannot solve");
  size_t size, length, id;
  const uint8_t *result = get_field (answer.data, answer.size, 3, &size);
  const uint8_t *ref = result == NULL ? NULL : get_field (result, size, 3, &length);
  const uint8_t *name = ref == NULL ? NULL : get_field (ref, length, 1, &id);
  if (name == NULL || id > 100)
    stop ("no reference");
  memcpy (reference, name, id);
  reference[id] = 0;
}

static int read_file (const char *reference, const char *path, struct bytes *answer)
{
  static struct bytes request;
  request.size = 0;
  put_text (&request, 1, reference);
  put_text (&request, 2, path);
  return call ("ReadFile", &request, answer);
}

static void read_build_file (char *reference, struct bytes *text)
{
  static struct bytes operation, source, answer;
  const char *name = option ("filename");
  put_text (&source, 1, "local://dockerfile");
  put_field (&operation, 3, source.data, source.size);
  solve (&operation, reference);
  if (read_file (reference, name == NULL ? "Dockerfile" : name, &answer) < 0)
    stop ("cannot read the build file");
  size_t size;
  const uint8_t *content = get_field (answer.data, answer.size, 1, &size);
  if (content != NULL)
    put (text, content, size);
}

/* An image with one file: the build file in capitals. */
static void make_capitals (struct bytes *text)
{
  static struct bytes file, action, files, operation, reference, result, request, answer, config;
  char id[128];
  for (size_t i = 0; i < text->size; i++)
    if (text->data[i] >= 'a' && text->data[i] <= 'z')
      text->data[i] = (uint8_t) (text->data[i] - 32);
  put_text (&file, 1, "/capitals");
  put_integer (&file, 2, 0644);
  put_field (&file, 3, text->data, text->size);
  put_integer (&file, 5, -1);
  put_integer (&action, 1, -1);
  put_integer (&action, 2, -1);
  put_field (&action, 5, file.data, file.size);
  put_field (&files, 2, action.data, action.size);
  put_field (&operation, 4, files.data, files.size);
  solve (&operation, id);
  put_text (&reference, 1, id);
  put_field (&result, 3, reference.data, reference.size);
  put_text (&config, 1, "containerimage.config");
  put_text (&config, 2,
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Labels\":{\"made\":\"by hand\"}},"
            "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");
  put_field (&result, 10, config.data, config.size);
  put_field (&request, 1, result.data, result.size);
  if (call ("Return", &request, &answer) < 0)
    stop ("cannot return");
}

/* What the Dockerfile frontend makes of the file is returned as it is. */
static void forward (void)
{
  static struct bytes request, answer, back, entry;
  put_text (&request, 2, "dockerfile.v0");
  for (int i = 0;; i++)
    {
      char variable[64], name[256];
      snprintf (variable, sizeof variable, "BUILDKIT_FRONTEND_OPT_%d", i);
      const char *value = getenv (variable);
      if (value == NULL)
        break;
      const char *equals = strchr (value, '=');
      snprintf (name, sizeof name, "%.*s", (int) (equals - value), value);
      entry.size = 0;
      put_text (&entry, 1, name);
      put_text (&entry, 2, equals + 1);
      put_field (&request, 3, entry.data, entry.size);
    }
  if (call ("Solve", &request, &answer) < 0)
    stop ("cannot solve");
  size_t size;
  const uint8_t *result = get_field (answer.data, answer.size, 3, &size);
  if (result == NULL)
    stop ("no result");
  put_field (&back, 1, result, size);
  if (call ("Return", &back, &answer) < 0)
    stop ("cannot return");
}

/* Runs a command in a container of its own on busybox; what is said of it and by it is the answer. */
static void run_in_container (const char *command, struct bytes *answer)
{
  static struct bytes source, operation, mount, request, meta, init, message;
  char reference[128];
  put_text (&source, 1, "docker-image://docker.io/library/busybox:latest");
  put_field (&operation, 3, source.data, source.size);
  solve (&operation, reference);
  put_text (&mount, 3, "/");
  put_text (&mount, 23, reference);
  put_text (&request, 1, "one");
  put_field (&request, 2, mount.data, mount.size);
  if (call ("NewContainer", &request, answer) < 0)
    stop ("no container");
  put_text (&meta, 1, "/bin/sh");
  put_text (&meta, 1, "-c");
  put_text (&meta, 1, command);
  put_text (&meta, 2, "WORD=container");
  put_text (&meta, 2, "BUILDKIT_EXPORTEDPRODUCT=naru");
  put_text (&meta, 3, "/tmp");
  put_text (&init, 1, "one");
  put_field (&init, 2, meta.data, meta.size);
  put_integer (&init, 3, 1);
  put_text (&message, 1, "process");
  put_field (&message, 2, init.data, init.size);
  if (call ("ExecProcess", &message, answer) < 0)
    stop ("no process");
}

static void give_up (const char *why)
{
  static struct bytes status, request, answer;
  put_integer (&status, 1, 3);
  put_text (&status, 2, why);
  put_field (&request, 2, status.data, status.size);
  call ("Return", &request, &answer);
}

int main (void)
{
  static struct bytes nothing, answer, text;
  char reference[128];
  const char *mode = option ("build-arg:MODE");
  mode = mode == NULL ? "" : mode;
  if (strcmp (mode, "garbage") == 0)
    for (;;)
      write_all ("GARBAGE ", 8);
  write_all ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
  send_frame (4, 0, 0, "", 0);
  if (strcmp (mode, "frame") == 0)
    {
      write_all ("\377\377\377\0\0\0\0\0\1", 9);
      pause ();
    }
  if (strcmp (mode, "streams") == 0)
    for (int i = 0; i < 100; i++)
      {
        static struct bytes block;
        block.size = 0;
        put_header (&block, ":path", "/moby.buildkit.v1.frontend.LLBBridge/Solve");
        put_header (&block, "content-type", "application/grpc");
        send_frame (1, 4, next_stream, block.data, block.size);
        next_stream += 2;
      }
  if (strcmp (mode, "streams") == 0 || strcmp (mode, "hang") == 0)
    {
      fprintf (stderr, "frontend hangs\n");
      for (;;)
        pause ();
    }
  if (strcmp (mode, "leave") == 0)
    return 0;
  if (getenv ("BUILDKIT_SESSION_ID") == NULL || getenv ("BUILDKIT_WORKERS") == NULL || call ("Ping", &nothing, &answer) < 0)
    stop ("no builder");
  if (strcmp (mode, "large") == 0)
    {
      uint8_t head[5] = { 0, 0x7f, 0xff, 0xff, 0xff };
      static struct bytes block;
      put_header (&block, ":path", "/moby.buildkit.v1.frontend.LLBBridge/Solve");
      put_header (&block, "content-type", "application/grpc");
      send_frame (1, 4, next_stream, block.data, block.size);
      send_frame (0, 0, next_stream, head, sizeof head);
      await_answer ("Solve", next_stream, &answer);
      stop ("too large");
    }
  read_build_file (reference, &text);
  if (strcmp (mode, "foreign") == 0)
    {
      read_file ("11111111-2222-3333-4444-555555555555", "Dockerfile", &answer);
      read_file (reference, "../../../../../../etc/shadow", &answer);
      give_up ("nothing was there");
    }
  else if (strcmp (mode, "container") == 0)
    {
      run_in_container ("echo inside $WORD", &answer);
      if (memmem (answer.data, answer.size, "inside container", 16) == NULL)
        stop ("nothing was said in the container");
      forward ();
    }
  else if (strcmp (mode, "lingering") == 0)
    {
      fprintf (stderr, "frontend hangs\n");
      run_in_container ("sleep 1000", &answer);
    }
  else if (strcmp (mode, "capitals") == 0)
    make_capitals (&text);
  else
    forward ();
  return strcmp (mode, "fail") == 0 ? 7 : 0;
}
