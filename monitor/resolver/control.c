/* The engine's side: one message a packet, one answer each. The first byte says what it is, texts have their length in two
   bytes before them, numbers are little-endian. */
#include "resolver.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
  ADD_CLIENT = 1,
  SET_CLIENT = 2,
  REMOVE_CLIENT = 3,
  SET_NAME = 4,
  SET_REVERSE = 5,
  REMOVE_NETWORK = 6,
  LIST_CLIENTS = 7,
  COUNTERS = 8,
  END_IF_UNUSED = 9,
  REPLACE_NETWORK = 10,
  LIST_NETWORKS = 11,
  MAX_PACKET = 65536,
  /* What a client comes with: its sockets, and its process. */
  CLIENT_FDS = 3,
  MAX_TEXT = 255,
};

struct reader
{
  const uint8_t *at;
  const uint8_t *end;
  bool broken;
};

static struct source listener;
static size_t connections;
static uid_t owner;

bool control_connected (void)
{
  return connections > 0;
}

static unsigned number (struct reader *in, size_t bytes)
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

static void text (struct reader *in, char out[MAX_TEXT + 1])
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

static void read_address (struct reader *in, struct address *address)
{
  *address = (struct address){ .v6 = number (in, 1) == 6 };
  size_t length = address->v6 ? 16 : 4;
  if ((size_t)(in->end - in->at) < length)
    {
      in->broken = true;
      return;
    }
  memcpy (address->bytes, in->at, length);
  in->at += length;
}

/* Null for none, and when the message is broken. */
static struct addresses *read_addresses (struct reader *in)
{
  size_t count = number (in, 1);
  if (count == 0 || count > MAX_ADDRESSES)
    {
      in->broken |= count > MAX_ADDRESSES;
      return NULL;
    }
  struct addresses *addresses = calloc (1, sizeof *addresses + count * sizeof addresses->items[0]);
  if (!addresses)
    {
      in->broken = true;
      return NULL;
    }
  addresses->count = count;
  for (size_t i = 0; i < count; i++)
    read_address (in, &addresses->items[i]);
  if (in->broken)
    {
      free (addresses);
      return NULL;
    }
  return addresses;
}

static void read_upstreams (struct reader *in, struct upstreams *upstreams)
{
  size_t count = number (in, 1);
  *upstreams = (struct upstreams){ .id = 2166136261u };
  for (size_t i = 0; i < count && !in->broken; i++)
    {
      struct address address;
      read_address (in, &address);
      unsigned port = number (in, 2);
      unsigned scope = number (in, 4);
      if (i >= MAX_UPSTREAMS)
        continue;
      struct sockaddr_storage *server = &upstreams->items[upstreams->count++];
      if (address.v6)
        {
          struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)server;
          v6->sin6_family = AF_INET6;
          v6->sin6_port = htons ((uint16_t)port);
          v6->sin6_scope_id = scope;
          memcpy (&v6->sin6_addr, address.bytes, 16);
        }
      else
        {
          struct sockaddr_in *v4 = (struct sockaddr_in *)server;
          v4->sin_family = AF_INET;
          v4->sin_port = htons ((uint16_t)port);
          memcpy (&v4->sin_addr, address.bytes, 4);
        }
      for (size_t b = 0; b < sizeof *server; b++)
        upstreams->id = (upstreams->id ^ ((const uint8_t *)server)[b]) * 16777619u;
    }
}

static int set_networks (struct reader *in, struct client *client)
{
  size_t count = number (in, 2);
  char **ids = calloc (count + 1, sizeof *ids);
  char id[MAX_TEXT + 1];
  if (!ids)
    return ENOMEM;
  for (size_t i = 0; i < count && !in->broken; i++)
    {
      text (in, id);
      if (!(ids[i] = strdup (id)))
        in->broken = true;
    }
  for (size_t i = 0; i < client->network_count; i++)
    free (client->networks[i]);
  free (client->networks);
  client->networks = ids;
  client->network_count = count;
  if (!in->broken)
    return 0;
  client->network_count = 0;
  for (size_t i = 0; i < count; i++)
    free (ids[i]);
  return EINVAL;
}

static int set_names (struct reader *in, struct client *client)
{
  size_t count = number (in, 2);
  char name[MAX_TEXT + 1];
  map_clear (&client->names, free);
  for (size_t i = 0; i < count && !in->broken; i++)
    {
      void *before;
      text (in, name);
      struct addresses *addresses = read_addresses (in);
      if (addresses && !map_put (&client->names, name, addresses, &before))
        {
          free (addresses);
          return ENOMEM;
        }
      if (addresses)
        free (before);
    }
  return in->broken ? EINVAL : 0;
}

static int set_client (struct reader *in, struct client *client)
{
  struct upstreams upstreams;
  if (!client)
    return ENOENT;
  client->forward = number (in, 1) != 0;
  read_upstreams (in, &upstreams);
  if (in->broken)
    return EINVAL;
  client->upstreams = upstreams;
  int status = set_networks (in, client);
  if (status == 0)
    status = set_names (in, client);
  return status == 0 && !client_begin (client) ? ENOMEM : status;
}

static void close_all (int *fds, size_t count)
{
  for (size_t i = 0; i < count; i++)
    close (fds[i]);
}

static int add_client (struct reader *in, int *fds, size_t *count)
{
  char id[MAX_TEXT + 1];
  text (in, id);
  if (in->broken || *count != CLIENT_FDS)
    return EINVAL;
  struct client *old = client_of (id);
  if (old)
    client_remove (old);
  for (size_t i = 0; i < 2; i++)
    fcntl (fds[i], F_SETFL, fcntl (fds[i], F_GETFL) | O_NONBLOCK);
  *count = 0;
  return client_add (id, fds[0], fds[1], fds[2]) ? 0 : ENOMEM;
}

static int set_name (struct reader *in)
{
  char network[MAX_TEXT + 1];
  char name[MAX_TEXT + 1];
  text (in, network);
  text (in, name);
  struct addresses *addresses = read_addresses (in);
  if (in->broken)
    return EINVAL;
  if (network_name (network, name, addresses))
    return 0;
  free (addresses);
  return ENOMEM;
}

static int set_reverse (struct reader *in)
{
  char network[MAX_TEXT + 1];
  char name[MAX_TEXT + 1];
  struct address address;
  text (in, network);
  read_address (in, &address);
  text (in, name);
  if (in->broken)
    return EINVAL;
  return network_reverse (network, &address, name) ? 0 : ENOMEM;
}

/* Never waits for an engine that does not read. */
static bool tell (int fd, const void *bytes, size_t length)
{
  return send (fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
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

static void list_one (const char *id, void *value, void *context)
{
  (void)value;
  struct listing *listing = context;
  size_t length = strlen (id);
  if (listing->length + 2 + length > sizeof listing->bytes)
    flush (listing, true);
  listing->bytes[listing->length] = (uint8_t)length;
  listing->bytes[listing->length + 1] = 0;
  memcpy (listing->bytes + listing->length + 2, id, length);
  listing->length += 2 + length;
}

static bool list (int fd, struct map *map)
{
  static struct listing listing;
  memset (&listing, 0, 5);
  listing.fd = fd;
  listing.length = 5;
  listing.told = true;
  map_each (map, list_one, &listing);
  flush (&listing, false);
  return listing.told;
}

static bool send_counters (int fd)
{
  uint8_t out[4 + 5 * 8] = { 0 };
  uint64_t values[5]
      = { counters.queries, counters.local, counters.cached, counters.forwarded, (uint64_t)forward_pending () };
  for (size_t i = 0; i < 5; i++)
    for (size_t b = 0; b < 8; b++)
      out[4 + 8 * i + b] = (uint8_t)(values[i] >> (8 * b));
  return tell (fd, out, sizeof out);
}

static bool answer_status (int fd, int status)
{
  uint8_t out[4] = { (uint8_t)status, (uint8_t)(status >> 8), 0, 0 };
  return tell (fd, out, sizeof out);
}

static int change (unsigned operation, struct reader *in, int *fds, size_t *count)
{
  char id[MAX_TEXT + 1];
  char by[MAX_TEXT + 1];
  switch (operation)
    {
    case ADD_CLIENT:
      return add_client (in, fds, count);
    case SET_CLIENT:
      text (in, id);
      return in->broken ? EINVAL : set_client (in, client_of (id));
    case REMOVE_CLIENT:
      text (in, id);
      if (!in->broken && client_of (id))
        client_remove (client_of (id));
      return in->broken ? EINVAL : 0;
    case SET_NAME:
      return set_name (in);
    case SET_REVERSE:
      return set_reverse (in);
    case REMOVE_NETWORK:
      text (in, id);
      if (!in->broken)
        network_remove (id);
      return in->broken ? EINVAL : 0;
    case REPLACE_NETWORK:
      text (in, id);
      text (in, by);
      return in->broken ? EINVAL : network_replace (id, by) ? 0 : ENOMEM;
    case END_IF_UNUSED:
      if (clients.used > 0)
        return EBUSY;
      _exit (0);
    default:
      return ENOSYS;
    }
}

static bool serve (int fd, struct reader *in, int *fds, size_t *count)
{
  unsigned operation = number (in, 1);
  switch (operation)
    {
    case LIST_CLIENTS:
      return list (fd, &clients);
    case LIST_NETWORKS:
      return list (fd, &networks);
    case COUNTERS:
      return send_counters (fd);
    default:
      return answer_status (fd, change (operation, in, fds, count));
    }
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
  int fds[CLIENT_FDS + 1];
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
  close_all (fds, count);
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
  /* A list of all clients is sent at once. */
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

int control_open (const char *directory)
{
  /* The path of the directory may be longer than a socket's name can be. */
  struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "resolver.sock" };
  owner = geteuid ();
  int fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || chdir (directory) < 0)
    return -1;
  unlink (name.sun_path);
  mode_t mask = umask (0177);
  int bound = bind (fd, (struct sockaddr *)&name, sizeof name);
  umask (mask);
  listener = (struct source){ fd, accept_connection };
  return bound < 0 || listen (fd, 16) < 0 ? -1 : loop_add (&listener, EPOLLIN);
}
