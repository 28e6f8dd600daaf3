/* Answers the name queries of containers: names of their networks from tables that the engine gives, all others from the
   servers that the engine names. It decides nothing and lives on when the engine does not. */
#ifndef NARU_RESOLVER_H
#define NARU_RESOLVER_H

#include "../side/side.h"
#include <netinet/in.h>
#include <sys/socket.h>

enum {
  MAX_NAME = 253,
  MAX_MESSAGE = 65535,
  MAX_UDP = 4096,
  /* Of an answer over UDP when the client does not say how much it takes (RFC 1035, 4.2.1). */
  PLAIN_UDP = 512,
  /* What we announce and never exceed: no fragments on any usual path. */
  OUR_UDP = 1232,
  MAX_UPSTREAMS = 4,
  MAX_ADDRESSES = 64,
  TYPE_A = 1,
  TYPE_SOA = 6,
  TYPE_PTR = 12,
  TYPE_AAAA = 28,
  TYPE_OPT = 41,
  TYPE_ANY = 255,
  CLASS_IN = 1,
  OPT_LENGTH = 11,
  RCODE_OK = 0,
  RCODE_FORMAT = 1,
  RCODE_SERVER = 2,
  RCODE_NO_NAME = 3,
  RCODE_NOT_IMPLEMENTED = 4,
  RCODE_REFUSED = 5,
};

struct address
{
  bool v6;
  uint8_t bytes[16];
};

struct addresses
{
  size_t count;
  /* Whose turn it is to come first, of questions for IPv4 and for IPv6: clients ask both, one after the other. */
  size_t turns[2];
  struct address items[];
};

struct upstreams
{
  size_t count;
  struct sockaddr_storage items[MAX_UPSTREAMS];
  /* Tells sets apart in the cache. */
  uint32_t id;
};

struct client
{
  struct source udp;
  struct source tcp;
  struct source process;
  char *id;
  bool begun;
  /* What it has under way, so that one client leaves the others their share. */
  size_t pending;
  size_t streams;
  bool forward;
  struct upstreams upstreams;
  size_t network_count;
  char **networks;
  struct map names;
};

/* A question as it came. */
struct query
{
  const uint8_t *bytes;
  size_t length;
  /* Where the question section ends. */
  size_t question_end;
  char name[MAX_NAME + 1];
  uint16_t type;
  uint16_t class;
  bool edns;
  bool dnssec;
  /* A label has a dot or a zero, so that the text is not the name. */
  bool odd;
  /* Nothing in it but the question makes a difference to the answer. */
  bool plain;
  size_t udp_size;
};

/* Whom an answer goes to. */
struct asker
{
  struct client *client;
  struct sockaddr_storage from;
  socklen_t from_length;
  /* Null over UDP. */
  struct stream *stream;
};

/* table.c */
extern struct map clients;
extern struct map networks;
struct client *client_of (const char *id);
/* Takes the descriptors in any case. The client goes with its process. */
bool client_add (const char *id, int udp, int tcp, int pidfd);
/* It is answered from now on: before, its questions wait, as nothing is known of it. */
bool client_begin (struct client *client);
void client_remove (struct client *client);
bool network_name (const char *network, const char *name, struct addresses *addresses);
bool network_reverse (const char *network, const struct address *address, const char *name);
void network_remove (const char *network);
/* A network has the tables of another from now on, which is no more; it loses its own when that one is absent. */
bool network_replace (const char *network, const char *by);
/* Null when no network of the client has the name. */
struct addresses *find_name (const struct client *client, const char *name);
const char *find_address (const struct client *client, const struct address *address);

/* wire.c */
bool query_parse (const uint8_t *bytes, size_t length, struct query *query);
/* An answer without records; its length, 0 when it does not fit. */
size_t answer_begin (const struct query *query, unsigned rcode, uint8_t *out, size_t room);
size_t answer_address (uint8_t *out, size_t at, size_t room, const struct address *address, uint32_t ttl);
size_t answer_name (uint8_t *out, size_t at, size_t room, const char *name, uint32_t ttl);
size_t answer_end (const struct query *query, uint8_t *out, size_t at, size_t room);
bool same_question (const struct query *query, const uint8_t *answer, size_t length);
/* Visits the lifetimes of an answer's records; false when it is malformed. */
bool each_ttl (uint8_t *answer, size_t length, bool (*visit) (uint8_t *ttl, uint16_t type, bool authority,
                                                               const uint8_t *data, size_t size, void *context),
               void *context);
bool reverse_address (const char *name, struct address *address);

/* answer.c */
void answer_query (struct asker *asker, const uint8_t *bytes, size_t length);
void answer_send (const struct asker *asker, const uint8_t *bytes, size_t length);
void answer_error (const struct asker *asker, const struct query *query, unsigned rcode);

/* forward.c */
void forward (const struct asker *asker, const struct query *query);
void forward_tick (void);
void forward_forget_client (const struct client *client);
void forward_forget_stream (const struct stream *stream);
size_t forward_pending (void);

/* cache.c */
size_t cache_get (uint32_t upstreams, const struct query *query, uint8_t *out, size_t room);
void cache_put (uint32_t upstreams, const struct query *query, const uint8_t *answer, size_t length);

/* stream.c */
void stream_accept (struct client *client);
void stream_send (struct stream *stream, const uint8_t *bytes, size_t length);
void stream_forget_client (const struct client *client);
void stream_tick (void);
size_t stream_open (void);

/* control.c */
/* Listens in a directory. */
int control_open (const char *directory);

extern struct counters
{
  uint64_t queries;
  uint64_t local;
  uint64_t cached;
  uint64_t forwarded;
} counters;

#endif
