/* The monitor at run time: one container, its execs, and whoever is connected. */
#ifndef MONITOR_H
#define MONITOR_H
#include "error.h"
#include "plan.h"
#include "setup.h"

#include <sys/epoll.h>

struct monitor;

/* Something the loop waits for. events is what epoll knows: 0 while it is not registered. */
struct source
{
  void (*ready) (struct monitor *m, struct source *source, uint32_t events);
  int fd;
  uint32_t events;
  bool registered;
};

/* Bytes that wait: nothing is allocated while there are none. */
struct queue
{
  uint8_t *data;
  size_t start, end, capacity;
};

struct process;

struct output
{
  struct source source;
  struct process *process;
  int stream;        /* 1 stdout or terminal, 2 stderr */
  struct queue line; /* the beginning of a line whose end has not come */
  bool continued;    /* earlier parts of that line are in the log already */
};

struct ids
{
  char text[72];
};

struct process
{
  struct process *next;
  struct ids id; /* empty for the container's first process */
  pid_t pid;
  int pidfd;
  uint64_t ticks;
  bool terminal, open_stdin, stdin_once, prepared, started, ended;
  unsigned rows, columns;
  int code, signal;
  int64_t finished;
  struct source channel;
  struct source input; /* write end of stdin, or the master */
  struct queue stdin_queue;
  bool stdin_closing; /* once the queue is empty */
  struct output outputs[2];
  struct client *waiter; /* of launch, start or exec */
  uint64_t waiter_tag;
  int child_ends[3];     /* until the process is cloned */
  char *user_map, *group_map, *oom_score, *oom_counter;
};

enum role
{
  ROLE_NEW,
  ROLE_CONTROL,
  ROLE_ATTACHED
};

struct client
{
  struct source source;
  struct client *next;
  enum role role;
  struct process *process; /* of an attachment */
  unsigned mask;           /* 1 stdin, 2 stdout, 4 stderr */
  bool active;             /* answered: the stream may flow */
  bool input_ended, finishing;
  struct queue in, out;
};

struct log
{
  int format; /* 0 none, 1 json-file, 2 local */
  int fd;
  char *path, *attributes;
  int64_t size, max_size;
  unsigned max_files;
  uint64_t lost, lost_total;
};

struct monitor
{
  struct ids id;
  int epoll;
  char *state_directory, *record_directory;
  struct source listener, signals;
  struct client *clients;
  struct process *processes; /* the first process is the last of the list */
  struct process first;
  struct log log;
  int mounts; /* the container's mount namespace */
  bool finished;
};

/* loop.c */
void watch (struct monitor *m, struct source *source, uint32_t events);
void unwatch (struct monitor *m, struct source *source);
void close_source (struct monitor *m, struct source *source);
void run_loop (struct monitor *m);
bool queue_add (struct queue *q, const void *data, size_t length);
void queue_take (struct queue *q, size_t length);
void queue_clear (struct queue *q);
static inline size_t queue_length (const struct queue *q) { return q->end - q->start; }

/* monitor.c */
_Noreturn void run_monitor (int connection);
int listen_in (const char *directory, const char *name, struct error *err);
int serve (struct monitor *m, struct error *err);
void process_prepared (struct monitor *m, struct process *p);
void process_failed (struct monitor *m, struct process *p, const struct error *err);
void process_started (struct monitor *m, struct process *p);
void read_signals (struct monitor *m, struct source *source, uint32_t events);

/* spawn.c */
int spawn (struct monitor *m, struct process *p, const char *plan, size_t length, struct error *err);
void process_init (struct process *p);
void release_process (struct monitor *m, struct process *p);
int channel_start (struct monitor *m, struct process *p, struct error *err);
struct process *find_process (struct monitor *m, const char *id);

/* client.c */
struct client *new_client (struct monitor *m, int fd);
void accept_client (struct monitor *m, struct source *source, uint32_t events);
void drop_client (struct monitor *m, struct client *c);
void client_watch (struct monitor *m, struct client *c);
void client_send (struct monitor *m, struct client *c, const void *data, size_t length);
void client_receive (struct monitor *m, struct client *c);
void forget_process (struct monitor *m, const struct process *p);

/* request.c */
void handle_request (struct monitor *m, struct client *c, uint32_t type, uint64_t tag, struct cursor *fields);

/* answer.c */
struct answer
{
  uint8_t data[512];
  size_t length;
};
void answer_number (struct answer *a, uint64_t value);
void answer_text (struct answer *a, const char *text);
void send_answer (struct monitor *m, struct client *c, uint32_t type, uint64_t tag, const struct answer *a);
void answer_done (struct monitor *m, struct client *c, uint64_t tag);
void answer_error (struct monitor *m, struct client *c, uint64_t tag, const struct error *err);
void tell_exit (struct monitor *m, struct process *p);

/* stream.c */
void output_ready (struct monitor *m, struct source *source, uint32_t events);
void input_ready (struct monitor *m, struct source *source, uint32_t events);
void streams_start (struct monitor *m, struct process *p);
void streams_watch (struct monitor *m, struct process *p);
void drain_outputs (struct monitor *m, struct process *p);
void feed_stdin (struct monitor *m, struct process *p, const void *data, size_t length);
void close_stdin (struct monitor *m, struct process *p);
void set_size (struct process *p);
void streams_idle (void);
void finish_streams (struct monitor *m, struct process *p);

/* log.c, entry.c */
int log_open (struct log *log, struct error *err);
void log_reopen (struct log *log);
int log_replace (const struct log *log, const char *copy, uint64_t inode, struct error *err);
void log_output (struct log *log, struct output *o, const uint8_t *data, size_t length);
void log_end (struct log *log, struct output *o);
void log_flush (struct log *log);
void log_idle (void);
size_t entry_room (const struct log *log, size_t line);
size_t entry_write (const struct log *log, uint8_t *out, int stream, const uint8_t *line, size_t length, bool whole, int64_t time);

/* record.c */
int64_t now (void);
int record_exit (struct monitor *m, struct process *p, struct error *err);
int blank_record (const char *directory, struct error *err);
uint64_t oom_kills (const char *file);

/* zygote.c */
int run_zygote (const char *directory);
#endif
