/* Carries connections and datagrams to published ports that the kernel does not translate, for one engine. It listens on
   sockets that the engine hands over, connects where the engine says, and lives on when the engine does not. */
#ifndef NARU_RELAY_H
#define NARU_RELAY_H

#include "../side/side.h"
#include <netinet/in.h>
#include <sys/socket.h>

enum {
  /* Of all that it may have, what one container gets. */
  SHARE = 3,
  OF = 4,
  MOST_PIPES = 32,
};

struct address
{
  socklen_t length;
  union
  {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  };
};

/* A container, whose ports go with its process when no engine sees to it. */
struct owner
{
  struct source process;
  bool ended;
  char *id;
  size_t ports;
  /* What of it is under way, so that it leaves others their share. */
  size_t connections;
  size_t sessions;
  size_t pipes;
};

/* Holds what was taken from one side and not yet sent to the other. */
struct pipe
{
  int in;
  int out;
  size_t held;
  struct pipe *next;
};

/* One side of a connection, and what comes from it. */
struct half
{
  struct source source;
  struct connection *connection;
  /* Usually none. */
  struct pipe *pipe;
  /* What came of late, up to what is of interest. */
  size_t burst;
  /* There is nothing to read, or no room to write, until it says so. */
  bool dry;
  bool full;
  /* It says nothing more. */
  bool ended;
};

enum carried { CARRIED, MORE, BROKEN };

struct port
{
  struct source listener;
  struct port *next;
  struct port *previous;
  char *label;
  struct owner *owner;
  bool datagrams;
  bool v6;
  /* Nobody is accepted at present: there is no room. */
  bool paused;
  struct address target;
  struct connection *connections;
};

/* port.c */
/* By label. */
extern struct map ports;
extern struct port *first_port;
/* Takes the socket in any case; 0 or an error number. */
int port_add (const char *label, const char *owner, bool datagrams, const struct address *target, int socket);
void port_remove (struct port *port);
/* Takes the descriptor in any case. */
void owner_lives (const char *id, int pidfd);
/* Without an engine: removes the ports of containers that have ended, and of those that were never told to have begun. */
void owners_sweep (bool unbegun);
bool is_loopback (const struct address *address);

/* stream.c */
void stream_limit (size_t descriptors);
void stream_accept (struct source *listener, uint32_t events);
void stream_forget (struct port *port);
/* What had more to carry than one turn takes. */
bool streams_wait (void);
void streams_go_on (void);
/* Accepts again where there was no room. */
void streams_resume (void);
bool streams_paused (void);

/* carry.c */
/* Carries what came from one side to the other; MORE when a turn is over before all is. */
enum carried carry (struct half *from, struct half *to, struct owner *owner);
/* Drops what is under way from a side. */
void carry_forget (struct half *from, struct owner *owner);

/* pipe.c */
/* An empty one, or none. */
struct pipe *pipe_take (struct owner *owner);
void pipe_give (struct owner *owner, struct pipe *pipe);
bool pipes_idle (void);
/* Closes those that nobody wanted for a while. */
void pipes_tick (void);

/* datagram.c */
void datagram_limit (size_t descriptors);
void datagram_patience (uint64_t milliseconds);
bool datagram_open (struct port *port);
void datagram_ready (struct source *listener, uint32_t events);
void datagram_forget (struct port *port);
/* Ends what was idle for too long. */
void datagram_tick (void);
size_t datagram_sessions (void);

/* control.c */
int control_open (const char *directory);

#endif
