/* What the engine asks for. */
#include "kernel.h"
#include "monitor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int copy_id (struct ids *id, const char *text, struct error *err)
{
  if (strlen (text) >= sizeof id->text)
    return fail (err, ENAMETOOLONG, "id");
  memcpy (id->text, text, strlen (text) + 1);
  return 0;
}

static void take_streams (struct process *p, struct cursor *f)
{
  p->terminal = take_number (f) != 0;
  p->open_stdin = take_number (f) != 0;
  p->stdin_once = take_number (f) != 0;
  p->rows = (unsigned)take_number (f);
  p->columns = (unsigned)take_number (f);
}

static int take_log (struct log *log, struct cursor *f, struct error *err)
{
  log->format = (int)take_number (f);
  log->path = strdup (take_text (f));
  log->max_size = (int64_t)take_number (f);
  log->max_files = (unsigned)take_number (f);
  log->attributes = strdup (take_text (f));
  if (!log->path || !log->attributes)
    return fail (err, ENOMEM, "open the log");
  return log->format ? log_open (log, err) : 0;
}

static int launch (struct monitor *m, struct cursor *f, struct error *err)
{
  if (m->state_directory)
    return fail_plain (err, EALREADY, "this monitor has launched a container already");
  if (copy_id (&m->id, take_text (f), err) < 0)
    return -1;
  m->state_directory = strdup (take_text (f));
  m->record_directory = strdup (take_text (f));
  if (!m->state_directory || !m->record_directory)
    return fail (err, ENOMEM, "launch");
  take_streams (&m->first, f);
  if (take_log (&m->log, f, err) < 0)
    return -1;
  size_t length;
  const char *plan = take_bytes (f, &length);
  if (f->bad)
    return fail_plain (err, EINVAL, "the launch request is cut short");
  if (blank_record (m->record_directory, err) < 0 || serve (m, err) < 0 || spawn (m, &m->first, plan, length, err) < 0)
    return -1;
  return channel_start (m, &m->first, err);
}

static struct process *new_exec (struct monitor *m, const char *id, struct error *err)
{
  struct process *p = calloc (1, sizeof *p);
  if (!p)
    {
      fail (err, ENOMEM, "exec");
      return NULL;
    }
  process_init (p);
  p->next = m->processes;
  m->processes = p;
  return copy_id (&p->id, id, err) < 0 ? NULL : p;
}

/* Leaves a process to fail when it is half made. */
static struct process *exec (struct monitor *m, struct client *c, uint64_t tag, struct cursor *f, struct error *err)
{
  if (!m->first.started || m->first.ended)
    {
      fail_plain (err, ESRCH, "the container is not running");
      return NULL;
    }
  struct process *p = new_exec (m, take_text (f), err);
  if (!p)
    return NULL;
  take_streams (p, f);
  c->mask = (unsigned)take_number (f);
  size_t length;
  const char *plan = take_bytes (f, &length);
  c->role = ROLE_ATTACHED;
  c->process = p;
  p->waiter = c;
  p->waiter_tag = tag;
  if (f->bad)
    fail_plain (err, EINVAL, "the exec request is cut short");
  else if (spawn (m, p, plan, length, err) == 0 && channel_start (m, p, err) == 0)
    return p;
  process_failed (m, p, err);
  return p;
}

static int attach (struct monitor *m, struct client *c, uint64_t tag, struct cursor *f, struct error *err)
{
  struct process *p = find_process (m, take_text (f));
  if (!p || p->ended)
    return fail_plain (err, ESRCH, "the process is not running");
  c->role = ROLE_ATTACHED;
  c->process = p;
  c->mask = (unsigned)take_number (f);
  c->active = true;
  answer_done (m, c, tag);
  client_watch (m, c);
  return 0;
}

static int start (struct monitor *m, struct client *c, uint64_t tag, struct error *err)
{
  struct process *p = &m->first;
  if (!p->prepared || p->started)
    return fail_plain (err, EALREADY, "the container is started already");
  p->started = true;
  p->waiter = c;
  p->waiter_tag = tag;
  send (p->channel.fd, "s", 1, MSG_NOSIGNAL);
  return 0;
}

static int send_signal (struct monitor *m, struct cursor *f, struct error *err)
{
  struct process *p = find_process (m, take_text (f));
  int signal = (int)take_number (f);
  if (!p || p->ended)
    return fail_plain (err, ESRCH, "the process is not running");
  if (syscall (SYS_pidfd_send_signal, p->pidfd, signal, NULL, 0) < 0)
    return fail (err, errno, "send signal %d", signal);
  return 0;
}

static int resize (struct monitor *m, struct cursor *f, struct error *err)
{
  struct process *p = find_process (m, take_text (f));
  if (!p || p->ended)
    return fail_plain (err, ESRCH, "the process is not running");
  p->rows = (unsigned)take_number (f);
  p->columns = (unsigned)take_number (f);
  if (!p->terminal)
    return fail_plain (err, ENOTTY, "the process has no terminal");
  set_size (p);
  return 0;
}

static int end_stdin (struct monitor *m, struct cursor *f, struct error *err)
{
  struct process *p = find_process (m, take_text (f));
  if (!p || p->ended)
    return fail_plain (err, ESRCH, "the process is not running");
  close_stdin (m, p);
  return 0;
}

static int replace_log (struct monitor *m, struct cursor *f, struct error *err)
{
  const char *copy = take_text (f);
  uint64_t inode = take_number (f);
  return f->bad ? fail_plain (err, EINVAL, "the request is cut short") : log_replace (&m->log, copy, inode, err);
}

/* pid, ticks, started, terminal, lost log entries, then for each exec: id, pid, ended, code, signal, finished. */
static void status (struct monitor *m, struct client *c, uint64_t tag)
{
  struct answer a = { .length = 0 };
  answer_number (&a, (uint64_t)m->first.pid);
  answer_number (&a, m->first.ticks);
  answer_number (&a, m->first.started);
  answer_number (&a, m->first.terminal);
  answer_number (&a, m->log.lost_total);
  send_answer (m, c, DONE, tag, &a);
  for (struct process *p = m->processes; p; p = p->next)
    if (p->ended && p->id.text[0])
      tell_exit (m, p);
}

/* Whether an exec, given by id, is there: pid and terminal. */
static int find (struct monitor *m, struct client *c, uint64_t tag, struct cursor *f, struct error *err)
{
  struct process *p = find_process (m, take_text (f));
  if (!p)
    return fail_plain (err, ENOENT, "no such exec");
  struct answer a = { .length = 0 };
  answer_number (&a, (uint64_t)p->pid);
  answer_number (&a, p->terminal);
  send_answer (m, c, DONE, tag, &a);
  return 0;
}

void handle_request (struct monitor *m, struct client *c, uint32_t type, uint64_t tag, struct cursor *f)
{
  struct error err = { 0 };
  int result = 0;
  if (!m->state_directory && type != LAUNCH)
    {
      fail_plain (&err, EINVAL, "the first request must launch");
      return answer_error (m, c, tag, &err);
    }
  switch (type)
    {
    case LAUNCH:
      c->role = ROLE_CONTROL;
      m->first.waiter = c;
      m->first.waiter_tag = tag;
      if (launch (m, f, &err) < 0)
        process_failed (m, &m->first, &err);
      return;
    case CONTROL: c->role = ROLE_CONTROL; break;
    case ATTACH:
      if (attach (m, c, tag, f, &err) < 0)
        answer_error (m, c, tag, &err);
      return;
    case EXEC:
      if (!exec (m, c, tag, f, &err))
        answer_error (m, c, tag, &err);
      return;
    case START:
      if (start (m, c, tag, &err) < 0)
        answer_error (m, c, tag, &err);
      return;
    case STATUS: return status (m, c, tag);
    case FIND:
      if (find (m, c, tag, f, &err) < 0)
        answer_error (m, c, tag, &err);
      return;
    case SIGNAL: result = send_signal (m, f, &err); break;
    case RESIZE: result = resize (m, f, &err); break;
    case CLOSE_STDIN: result = end_stdin (m, f, &err); break;
    case REOPEN_LOG: log_reopen (&m->log); break;
    case REPLACE_LOG: result = replace_log (m, f, &err); break;
    default: result = fail_plain (&err, EINVAL, "unknown request %u", type);
    }
  if (result < 0)
    answer_error (m, c, tag, &err);
  else
    answer_done (m, c, tag);
}
