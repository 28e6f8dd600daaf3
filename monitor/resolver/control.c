/* What the engine says: the first byte tells what it is. */
#include "resolver.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
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
  SEVERAL = 12,
  /* What a client comes with: its sockets, and its process. */
  CLIENT_FDS = 3,
};

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

/* Changes one after the other, each with its length before it: one packet, one turn, one answer. */
static int several (struct reader *in)
{
  int status = 0;
  while (in->at < in->end && !in->broken)
    {
      size_t length = number (in, 2);
      if (in->broken || (size_t)(in->end - in->at) < length)
        return EINVAL;
      struct reader one = { in->at, in->at + length, false };
      size_t none = 0;
      int outcome = change (number (&one, 1), &one, NULL, &none);
      status = status ? status : outcome;
      in->at += length;
    }
  return in->broken ? EINVAL : status;
}

static bool serve (int fd, struct reader *in, int *fds, size_t *count)
{
  unsigned operation = number (in, 1);
  switch (operation)
    {
    case LIST_CLIENTS:
      return tell_keys (fd, &clients);
    case LIST_NETWORKS:
      return tell_keys (fd, &networks);
    case COUNTERS:
      return send_counters (fd);
    case SEVERAL:
      return tell_status (fd, several (in));
    default:
      return tell_status (fd, change (operation, in, fds, count));
    }
}

int control_open (const char *directory)
{
  return door_open (directory, "resolver.sock", serve);
}
