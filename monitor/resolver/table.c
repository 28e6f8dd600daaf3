/* Who asks, and which names are in which network. */
#include "resolver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct network
{
  struct map names;
  struct map reverse;
};

struct map clients;
struct map networks;

static void answer_udp (struct source *source, uint32_t events)
{
  (void)events;
  struct client *client = (struct client *)((char *)source - offsetof (struct client, udp));
  struct asker asker = { .client = client };
  uint8_t bytes[MAX_UDP];
  /* A few at a time, so that one client does not starve the others. */
  for (int i = 0; i < 32; i++)
    {
      asker.from_length = sizeof asker.from;
      ssize_t length = recvfrom (source->fd, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&asker.from,
                                 &asker.from_length);
      if (length < 0)
        return;
      answer_query (&asker, bytes, (size_t)length);
    }
}

static void accept_tcp (struct source *source, uint32_t events)
{
  (void)events;
  stream_accept ((struct client *)((char *)source - offsetof (struct client, tcp)));
}

static void process_ended (struct source *source, uint32_t events)
{
  (void)events;
  client_remove ((struct client *)((char *)source - offsetof (struct client, process)));
}

struct client *client_of (const char *id)
{
  return map_get (&clients, id);
}

bool client_add (const char *id, int udp, int tcp, int pidfd)
{
  struct client *client = calloc (1, sizeof *client);
  void *before;
  if (!client || !(client->id = strdup (id)) || !map_put (&clients, id, client, &before))
    {
      if (client)
        free (client->id);
      free (client);
      close (udp);
      close (tcp);
      close (pidfd);
      return false;
    }
  client->udp = (struct source){ udp, answer_udp };
  client->tcp = (struct source){ tcp, accept_tcp };
  client->process = (struct source){ pidfd, process_ended };
  if (loop_add (&client->process, EPOLLIN) < 0)
    {
      client_remove (client);
      return false;
    }
  return true;
}

bool client_begin (struct client *client)
{
  if (client->begun)
    return true;
  client->begun = loop_add (&client->udp, EPOLLIN) == 0 && loop_add (&client->tcp, EPOLLIN) == 0;
  return client->begun;
}

void client_remove (struct client *client)
{
  void *before;
  map_put (&clients, client->id, NULL, &before);
  forward_forget_client (client);
  stream_forget_client (client);
  loop_remove (&client->udp);
  loop_remove (&client->tcp);
  loop_remove (&client->process);
  for (size_t i = 0; i < client->network_count; i++)
    free (client->networks[i]);
  free (client->networks);
  map_clear (&client->names, free);
  free (client->id);
  free (client);
}

static struct network *network_of (const char *id, bool make)
{
  struct network *network = map_get (&networks, id);
  void *before;
  if (network || !make)
    return network;
  network = calloc (1, sizeof *network);
  if (network && !map_put (&networks, id, network, &before))
    {
      free (network);
      return NULL;
    }
  return network;
}

bool network_name (const char *id, const char *name, struct addresses *addresses)
{
  struct network *network = network_of (id, addresses != NULL);
  void *before = NULL;
  if (!network)
    return addresses == NULL;
  bool put = map_put (&network->names, name, addresses, &before);
  free (before);
  return put;
}

static void address_key (const struct address *address, char key[33])
{
  size_t length = address->v6 ? 16 : 4;
  for (size_t i = 0; i < length; i++)
    snprintf (key + 2 * i, 3, "%02x", address->bytes[i]);
}

bool network_reverse (const char *id, const struct address *address, const char *name)
{
  struct network *network = network_of (id, *name != 0);
  char key[33];
  void *before = NULL;
  if (!network)
    return *name == 0;
  char *copy = *name ? strdup (name) : NULL;
  if (*name && !copy)
    return false;
  address_key (address, key);
  bool put = map_put (&network->reverse, key, copy, &before);
  free (put ? before : copy);
  return put;
}

static void network_drop (struct network *network)
{
  if (!network)
    return;
  map_clear (&network->names, free);
  map_clear (&network->reverse, free);
  free (network);
}

void network_remove (const char *id)
{
  void *before;
  map_put (&networks, id, NULL, &before);
  network_drop (before);
}

bool network_replace (const char *id, const char *by)
{
  void *made;
  void *before;
  if (strcmp (id, by) == 0)
    return true;
  map_put (&networks, by, NULL, &made);
  bool put = map_put (&networks, id, made, &before);
  network_drop (put ? before : made);
  return put;
}

struct addresses *find_name (const struct client *client, const char *name)
{
  struct addresses *found = map_get (&client->names, name);
  for (size_t i = 0; !found && i < client->network_count; i++)
    {
      struct network *network = network_of (client->networks[i], false);
      if (network)
        found = map_get (&network->names, name);
    }
  return found;
}

const char *find_address (const struct client *client, const struct address *address)
{
  char key[33];
  const char *found = NULL;
  address_key (address, key);
  for (size_t i = 0; !found && i < client->network_count; i++)
    {
      struct network *network = network_of (client->networks[i], false);
      if (network)
        found = map_get (&network->reverse, key);
    }
  return found;
}
