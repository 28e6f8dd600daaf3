/* Datagrams: each sender has a socket of its own towards the container, by which answers find back, until it is idle. */
#include "relay.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
  BUCKETS = 4096,
  BATCH = 64,
  LARGEST = 65536,
};

/* Whom an answer goes to, and from which of the host's addresses. */
struct path
{
  struct sockaddr_storage peer;
  socklen_t peer_length;
  union
  {
    struct in_pktinfo v4;
    struct in6_pktinfo v6;
  } here;
};

struct session
{
  struct source source;
  struct session *next;
  /* By last use: what was used longest ago is last. */
  struct session *newer;
  struct session *older;
  struct port *port;
  struct path path;
  uint64_t used;
};

static uint8_t buffer[LARGEST];
static struct session *buckets[BUCKETS];
static struct session *newest;
static struct session *oldest;
static size_t sessions;
static size_t most;
/* As long as Docker's proxy keeps one. */
static uint64_t idle_ms = 90000;

void datagram_patience (uint64_t milliseconds)
{
  idle_ms = milliseconds;
}

void datagram_limit (size_t descriptors)
{
  most = descriptors;
}

size_t datagram_sessions (void)
{
  return sessions;
}

bool datagram_open (struct port *port)
{
  int on = 1;
  return port->v6 ? setsockopt (port->listener.fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on) == 0
                  : setsockopt (port->listener.fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0;
}

static struct session **bucket_of (const struct port *port, const struct path *path)
{
  uint64_t hash = 1469598103934665603u ^ (uintptr_t)port;
  const uint8_t *bytes = (const uint8_t *)&path->peer;
  for (size_t i = 0; i < path->peer_length; i++)
    hash = (hash ^ bytes[i]) * 1099511628211u;
  return &buckets[(hash ^ hash >> 32) % BUCKETS];
}

static bool same (const struct path *one, const struct path *other)
{
  return one->peer_length == other->peer_length && memcmp (&one->peer, &other->peer, one->peer_length) == 0
         && memcmp (&one->here, &other->here, sizeof one->here) == 0;
}

static void unlink_use (struct session *session)
{
  *(session->newer ? &session->newer->older : &newest) = session->older;
  *(session->older ? &session->older->newer : &oldest) = session->newer;
}

static void use (struct session *session)
{
  session->used = now_ms ();
  session->newer = NULL;
  session->older = newest;
  *(newest ? &newest->newer : &oldest) = session;
  newest = session;
}

static void drop (struct session *session)
{
  for (struct session **at = bucket_of (session->port, &session->path); *at; at = &(*at)->next)
    if (*at == session)
      {
        *at = session->next;
        break;
      }
  unlink_use (session);
  loop_remove (&session->source);
  session->port->owner->sessions--;
  free (session);
  sessions--;
}

void datagram_forget (struct port *port)
{
  if (!port->datagrams)
    return;
  for (struct session *each = newest, *older; each; each = older)
    {
      older = each->older;
      if (each->port == port)
        drop (each);
    }
}

void datagram_tick (void)
{
  uint64_t now = now_ms ();
  while (oldest && now - oldest->used > idle_ms)
    drop (oldest);
}

/* Makes room by what was used longest ago, of the same container where it has its share. */
static void make_room (const struct owner *owner)
{
  if (owner->sessions >= most / OF * SHARE)
    for (struct session *each = oldest; each; each = each->newer)
      if (each->port->owner == owner)
        {
          drop (each);
          return;
        }
  if (sessions >= most && oldest)
    drop (oldest);
}

static void answer (const struct session *session, size_t length)
{
  const struct path *path = &session->path;
  union
  {
    char bytes[CMSG_SPACE (sizeof path->here)];
    struct cmsghdr align;
  } ancillary = { 0 };
  struct iovec part = { buffer, length };
  struct msghdr message = { .msg_name = (void *)(uintptr_t)&path->peer,
                            .msg_namelen = path->peer_length,
                            .msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = ancillary.bytes };
  size_t size = session->port->v6 ? sizeof path->here.v6 : sizeof path->here.v4;
  message.msg_controllen = (socklen_t)CMSG_SPACE (size);
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);
  header->cmsg_level = session->port->v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  header->cmsg_type = session->port->v6 ? IPV6_PKTINFO : IP_PKTINFO;
  header->cmsg_len = (socklen_t)CMSG_LEN (size);
  memcpy (CMSG_DATA (header), &path->here, size);
  /* What does not fit is lost, as datagrams are. */
  sendmsg (session->port->listener.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void session_ready (struct source *source, uint32_t events)
{
  (void)events;
  struct session *session = (struct session *)source;
  for (int i = 0; i < BATCH; i++)
    {
      ssize_t length = recv (source->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (length < 0 && errno == EAGAIN)
        break;
      /* That nobody listens is no end: the program may be about to. */
      if (length >= 0)
        answer (session, (size_t)length);
    }
  unlink_use (session);
  use (session);
}

static struct session *begin (struct port *port, const struct path *path)
{
  make_room (port->owner);
  int fd = socket (port->target.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 && oldest)
    {
      drop (oldest);
      fd = socket (port->target.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
  struct session *session = fd < 0 ? NULL : calloc (1, sizeof *session);
  if (session)
    *session = (struct session){ .source = { fd, session_ready }, .port = port, .path = *path };
  if (!session || connect (fd, &port->target.any, port->target.length) < 0 || loop_add (&session->source, EPOLLIN) < 0)
    {
      free (session);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  struct session **bucket = bucket_of (port, path);
  session->next = *bucket;
  *bucket = session;
  port->owner->sessions++;
  sessions++;
  use (session);
  return session;
}

static struct session *session_of (struct port *port, const struct path *path)
{
  for (struct session *each = *bucket_of (port, path); each; each = each->next)
    if (each->port == port && same (&each->path, path))
      {
        unlink_use (each);
        use (each);
        return each;
      }
  return begin (port, path);
}

/* Without firewall rules only this keeps others from ports on loopback where the host routes it. */
static bool forged (const struct path *path)
{
  const struct sockaddr_in *peer = (const struct sockaddr_in *)&path->peer;
  return peer->sin_family == AF_INET && ntohl (path->here.v4.ipi_spec_dst.s_addr) >> 24 == IN_LOOPBACKNET
         && ntohl (peer->sin_addr.s_addr) >> 24 != IN_LOOPBACKNET;
}

/* The address it came to; the interface only where the address means nothing without. */
static bool read_here (struct msghdr *message, struct path *path)
{
  struct cmsghdr *header = CMSG_FIRSTHDR (message);
  if (!header)
    return false;
  if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO)
    {
      struct in_pktinfo info;
      memcpy (&info, CMSG_DATA (header), sizeof info);
      path->here.v4.ipi_spec_dst = info.ipi_spec_dst;
      return true;
    }
  if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO)
    {
      memcpy (&path->here.v6, CMSG_DATA (header), sizeof path->here.v6);
      if (!IN6_IS_ADDR_LINKLOCAL (&path->here.v6.ipi6_addr))
        path->here.v6.ipi6_ifindex = 0;
      return true;
    }
  return false;
}

void datagram_ready (struct source *listener, uint32_t events)
{
  (void)events;
  struct port *port = (struct port *)listener;
  for (int i = 0; i < BATCH; i++)
    {
      struct path path = { 0 };
      union
      {
        char bytes[CMSG_SPACE (sizeof path.here)];
        struct cmsghdr align;
      } ancillary;
      struct iovec part = { buffer, sizeof buffer };
      struct msghdr message = { .msg_name = &path.peer,
                                .msg_namelen = sizeof path.peer,
                                .msg_iov = &part,
                                .msg_iovlen = 1,
                                .msg_control = ancillary.bytes,
                                .msg_controllen = sizeof ancillary };
      ssize_t length = recvmsg (listener->fd, &message, MSG_DONTWAIT);
      if (length < 0)
        return;
      path.peer_length = message.msg_namelen;
      struct session *session = read_here (&message, &path) && !forged (&path) ? session_of (port, &path) : NULL;
      if (session)
        send (session->source.fd, buffer, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}
