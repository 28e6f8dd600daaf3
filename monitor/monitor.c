/* One container's monitor, from the launch request to the end. */
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

void process_init (struct process *p)
{
  p->pidfd = p->channel.fd = p->input.fd = -1;
  for (int i = 0; i < 2; i++)
    p->outputs[i] = (struct output){ .source.fd = -1, .process = p, .stream = i + 1 };
}

struct process *find_process (struct monitor *m, const char *id)
{
  struct process *p = m->processes;
  while (p && strcmp (p->id.text, id) != 0)
    p = p->next;
  return p;
}

void release_process (struct monitor *m, struct process *p)
{
  struct process **link = &m->processes;
  while (*link && *link != p)
    link = &(*link)->next;
  if (*link)
    *link = p->next;
  close_source (m, &p->channel);
  close_fd (&p->pidfd);
  free (p->user_map);
  free (p->group_map);
  free (p->oom_score);
  free (p->oom_counter);
  free (p);
}

/* A path longer than a socket's name may be is reached through its directory's descriptor. */
static int bind_in (int socket, const char *directory, const char *name, struct error *err)
{
  cleanup_close int dir = open (directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  if (dir < 0)
    return fail (err, errno, "open %s", directory);
  snprintf (address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", dir, name);
  unlinkat (dir, name, 0);
  if (bind (socket, (struct sockaddr *)&address, sizeof address) < 0 || listen (socket, 64) < 0)
    return fail (err, errno, "listen on %s/%s", directory, name);
  return 0;
}

int listen_in (const char *directory, const char *name, struct error *err)
{
  cleanup_close int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return fail (err, errno, "make a socket");
  return bind_in (fd, directory, name, err) < 0 ? -1 : steal (&fd);
}

int serve (struct monitor *m, struct error *err)
{
  m->listener.fd = listen_in (m->state_directory, "monitor.sock", err);
  if (m->listener.fd < 0)
    return -1;
  m->listener.ready = accept_client;
  watch (m, &m->listener, EPOLLIN);
  return 0;
}

void process_prepared (struct monitor *m, struct process *p)
{
  p->prepared = true;
  if (p != &m->first)
    {
      p->started = true;
      send (p->channel.fd, "s", 1, MSG_NOSIGNAL);
      return;
    }
  struct answer a = { .length = 0 };
  answer_number (&a, (uint64_t)p->pid);
  answer_number (&a, p->ticks);
  if (p->waiter)
    send_answer (m, p->waiter, DONE, p->waiter_tag, &a);
  p->waiter = NULL;
}

void process_started (struct monitor *m, struct process *p)
{
  struct client *c = p->waiter;
  p->waiter = NULL;
  if (c)
    {
      struct answer a = { .length = 0 };
      answer_number (&a, (uint64_t)p->pid);
      answer_number (&a, p->ticks);
      send_answer (m, c, DONE, p->waiter_tag, &a);
      if (c->role == ROLE_ATTACHED)
        {
          c->active = true;
          client_watch (m, c);
        }
    }
  streams_start (m, p);
}

static void close_streams (struct monitor *m, struct process *p)
{
  close_source (m, &p->outputs[0].source);
  close_source (m, &p->outputs[1].source);
  close_source (m, &p->input);
  queue_clear (&p->stdin_queue);
}

void process_failed (struct monitor *m, struct process *p, const struct error *err)
{
  if (p->waiter)
    answer_error (m, p->waiter, p->waiter_tag, err);
  p->waiter = NULL;
  if (p->pid)
    kill (p->pid, SIGKILL);
  close_streams (m, p);
  forget_process (m, p);
  if (p == &m->first)
    m->finished = true;
  else
    release_process (m, p);
}

static void ended (struct monitor *m, struct process *p)
{
  static struct error err;
  /* Its program ran, and was so quick that this is the first news of it. */
  if (p->started && p->channel.fd >= 0)
    p->channel.ready (m, &p->channel, EPOLLIN);
  if (p != &m->first && !find_process (m, p->id.text))
    return;
  finish_streams (m, p);
  p->ended = true;
  p->finished = now ();
  if (p == &m->first)
    {
      /* Who hears of the end may unmount what the log was on. */
      close_fd (&m->log.fd);
      record_exit (m, p, &err);
    }
  tell_exit (m, p);
}

static bool controlled (const struct monitor *m)
{
  for (const struct client *c = m->clients; c; c = c->next)
    if (c->role == ROLE_CONTROL)
      return true;
  return false;
}

/* Results nobody was there to hear are kept, the newest few. */
static void trim_ended (struct monitor *m)
{
  unsigned kept = 0;
  bool told = controlled (m);
  for (struct process *p = m->processes, *next; p; p = next)
    {
      next = p->next;
      if (p != &m->first && p->ended && (told || ++kept > 32))
        release_process (m, p);
    }
}

static void reap (struct monitor *m, pid_t pid, int status)
{
  struct process *p = m->processes;
  while (p && (p->pid != pid || p->ended))
    p = p->next;
  if (!p)
    return;
  p->signal = WIFSIGNALED (status) ? WTERMSIG (status) : 0;
  p->code = p->signal ? 128 + p->signal : WEXITSTATUS (status);
  /* Before its start the channel tells. */
  if (p->started)
    ended (m, p);
}

void read_signals (struct monitor *m, struct source *source, uint32_t events)
{
  struct signalfd_siginfo info;
  int status;
  (void)events;
  if (read (source->fd, &info, sizeof info) < 0)
    return;
  for (pid_t pid = waitpid (-1, &status, WNOHANG); pid > 0; pid = waitpid (-1, &status, WNOHANG))
    reap (m, pid, status);
  trim_ended (m);
  if (m->first.ended)
    m->finished = true;
}

static bool owes (const struct monitor *m)
{
  for (const struct client *c = m->clients; c; c = c->next)
    if (queue_length (&c->out))
      return true;
  return false;
}

/* The container is gone; what clients have not taken yet is still theirs, for a while. */
static void finish (struct monitor *m)
{
  char path[4096];
  if (m->state_directory)
    {
      snprintf (path, sizeof path, "%s/monitor.sock", m->state_directory);
      unlink (path);
    }
  close_source (m, &m->listener);
  if (!m->first.ended && m->first.pid > 0)
    {
      kill (m->first.pid, SIGKILL);
      waitpid (m->first.pid, NULL, 0);
    }
  close_fd (&m->mounts);
  alarm (300);
  while (owes (m))
    {
      m->finished = false;
      struct epoll_event event;
      if (epoll_wait (m->epoll, &event, 1, -1) > 0)
        {
          struct source *source = event.data.ptr;
          source->ready (m, source, event.events);
        }
    }
}

static void set_signals (struct monitor *m)
{
  static const int ignored[] = { SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGTERM };
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
    signal (ignored[i], SIG_IGN);
  signal (SIGCHLD, SIG_DFL);
  sigset_t children;
  sigemptyset (&children);
  sigaddset (&children, SIGCHLD);
  sigprocmask (SIG_BLOCK, &children, NULL);
  m->signals.fd = signalfd (-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  m->signals.ready = read_signals;
  watch (m, &m->signals, EPOLLIN);
}

_Noreturn void run_monitor (int connection)
{
  static struct monitor m;
  setsid ();
  prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  m.epoll = epoll_create1 (EPOLL_CLOEXEC);
  m.listener.fd = m.log.fd = m.mounts = -1;
  process_init (&m.first);
  m.processes = &m.first;
  set_signals (&m);
  fcntl (connection, F_SETFL, O_NONBLOCK);
  struct client *c = new_client (&m, connection);
  if (c)
    c->role = ROLE_CONTROL;
  run_loop (&m);
  finish (&m);
  _exit (0);
}
