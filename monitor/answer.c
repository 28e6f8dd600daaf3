/* What the monitor says. */
#include "monitor.h"

#include <string.h>

static void append (struct answer *a, const void *data, size_t length)
{
  if (sizeof a->data - a->length < length)
    return;
  memcpy (a->data + a->length, data, length);
  a->length += length;
}

void answer_number (struct answer *a, uint64_t value)
{
  append (a, &value, sizeof value);
}

void answer_text (struct answer *a, const char *text)
{
  uint32_t length = (uint32_t)strlen (text);
  append (a, &length, sizeof length);
  append (a, text, length + 1);
}

void send_answer (struct monitor *m, struct client *c, uint32_t type, uint64_t tag, const struct answer *a)
{
  uint8_t message[16 + sizeof a->data];
  uint32_t length = (uint32_t)a->length;
  memcpy (message, &length, 4);
  memcpy (message + 4, &type, 4);
  memcpy (message + 8, &tag, 8);
  memcpy (message + 16, a->data, a->length);
  client_send (m, c, message, 16 + a->length);
}

void answer_done (struct monitor *m, struct client *c, uint64_t tag)
{
  struct answer a = { .length = 0 };
  send_answer (m, c, DONE, tag, &a);
}

void answer_error (struct monitor *m, struct client *c, uint64_t tag, const struct error *err)
{
  struct answer a = { .length = 0 };
  answer_number (&a, (uint64_t)err->number);
  answer_number (&a, err->operation);
  answer_text (&a, err->text);
  send_answer (m, c, FAILED, tag, &a);
}

void tell_exit (struct monitor *m, struct process *p)
{
  struct answer a = { .length = 0 };
  answer_text (&a, p->id.text);
  answer_number (&a, (uint64_t)p->code);
  answer_number (&a, (uint64_t)p->signal);
  answer_number (&a, (uint64_t)p->finished);
  answer_number (&a, p->oom_counter && oom_kills (p->oom_counter) > 0);
  for (struct client *c = m->clients; c; c = c->next)
    if (c->role == ROLE_CONTROL)
      send_answer (m, c, EXITED, 0, &a);
}
