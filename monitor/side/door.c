/* The engine's side: one message a packet, one answer each. Texts have their length in two bytes before them, numbers are
   little-endian. */
#include "side.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct source listener;
static bool (*serve) (int fd, struct reader *in, int *fds, size_t *count);
static size_t connections;
static uid_t owner;

bool door_connected (void)
{
  return connections > 0;
}

unsigned number (struct reader *in, size_t bytes)
{
  unsigned value = 0;
  if ((size_t)(in->end - in->at) < bytes)
    {
      in->broken = true;
      return 0;
    }
  for (size_t i = 0; i < bytes; i++)
    value |= (unsigned)in->at[i] << (8 * i);
  in->at += bytes;
  return value;
}

void text (struct reader *in, char out[MAX_TEXT + 1])
{
  size_t length = number (in, 2);
  out[0] = 0;
  if (in->broken)
    return;
  if (length > MAX_TEXT || (size_t)(in->end - in->at) < length)
    {
      in->broken = true;
      return;
    }
  memcpy (out, in->at, length);
  out[length] = 0;
  in->at += length;
}

bool tell (int fd, const void *bytes, size_t length)
{
  return send (fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
}

bool tell_status (int fd, int status)
{
  uint8_t out[4] = { (uint8_t)status, (uint8_t)(status >> 8), 0, 0 };
  return tell (fd, out, sizeof out);
}

struct listing
{
  int fd;
  bool told;
  size_t length;
  uint8_t bytes[MAX_PACKET];
};

static void flush (struct listing *listing, bool more)
{
  listing->bytes[4] = more;
  listing->told &= tell (listing->fd, listing->bytes, listing->length);
  listing->length = 5;
}

static void list_one (const char *key, void *value, void *context)
{
  (void)value;
  struct listing *listing = context;
  size_t length = strlen (key);
  if (listing->length + 2 + length > sizeof listing->bytes)
    flush (listing, true);
  listing->bytes[listing->length] = (uint8_t)length;
  listing->bytes[listing->length + 1] = 0;
  memcpy (listing->bytes + listing->length + 2, key, length);
  listing->length += 2 + length;
}

bool tell_keys (int fd, struct map *map)
{
  static struct listing listing;
  memset (listing.bytes, 0, 5);
  listing.fd = fd;
  listing.length = 5;
  listing.told = true;
  map_each (map, list_one, &listing);
  flush (&listing, false);
  return listing.told;
}

static void disconnect (struct source *connection)
{
  loop_remove (connection);
  free (connection);
  connections--;
}

static void connection_ready (struct source *source, uint32_t events)
{
  (void)events;
  static uint8_t packet[MAX_PACKET];
  /* The kernel fills up the room that alignment leaves. */
  int fds[MAX_FDS + 1];
  union
  {
    char bytes[CMSG_SPACE (sizeof fds)];
    struct cmsghdr align;
  } ancillary;
  struct iovec part = { packet, sizeof packet };
  struct msghdr message
      = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = ancillary.bytes, .msg_controllen = sizeof ancillary };
  ssize_t length = recvmsg (source->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (length < 0 && errno == EAGAIN)
    return;
  if (length <= 0)
    {
      disconnect (source);
      return;
    }
  size_t count = 0;
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);
  if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
    {
      count = (header->cmsg_len - CMSG_LEN (0)) / sizeof (int);
      memcpy (fds, CMSG_DATA (header), count * sizeof (int));
    }
  struct reader in = { packet, packet + length, (message.msg_flags & MSG_TRUNC) != 0 };
  bool told = serve (source->fd, &in, fds, &count);
  for (size_t i = 0; i < count; i++)
    close (fds[i]);
  if (!told)
    disconnect (source);
}

static void accept_connection (struct source *source, uint32_t events)
{
  (void)events;
  int fd = accept4 (source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (fd < 0)
    return;
  struct source *connection = calloc (1, sizeof *connection);
  /* A long list is sent at once. */
  int room = 1 << 20;
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  if (!connection || getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.uid != owner)
    {
      free (connection);
      close (fd);
      return;
    }
  *connection = (struct source){ fd, connection_ready };
  if (loop_add (connection, EPOLLIN) < 0)
    {
      close (fd);
      free (connection);
      return;
    }
  connections++;
}

int door_open (const char *directory, const char *name,
               bool (*what) (int fd, struct reader *in, int *fds, size_t *count))
{
  /* The path of the directory may be longer than a socket's name can be. */
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  strncpy (address.sun_path, name, sizeof address.sun_path - 1);
  owner = geteuid ();
  serve = what;
  int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || chdir (directory) < 0)
    return -1;
  unlink (address.sun_path);
  mode_t mask = umask (0177);
  int bound = bind (fd, (struct sockaddr *)&address, sizeof address);
  umask (mask);
  listener = (struct source){ fd, accept_connection };
  return bound < 0 || listen (fd, 16) < 0 ? -1 : loop_add (&listener, EPOLLIN);
}
