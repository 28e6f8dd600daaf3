#include "error.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t print (struct error *err, int number, const char *format, va_list values)
{
  err->number = number;
  int length = vsnprintf (err->text, sizeof err->text, format, values);
  return length < 0 ? 0 : (size_t)length;
}

int fail (struct error *err, int number, const char *format, ...)
{
  va_list values;
  va_start (values, format);
  size_t length = print (err, number, format, values);
  va_end (values);
  if (length + 3 >= sizeof err->text)
    return -1;
  snprintf (err->text + length, sizeof err->text - length, ": %s", strerror (number));
  /* "no such file", as every other engine writes it */
  err->text[length + 2] = (char)tolower ((unsigned char)err->text[length + 2]);
  return -1;
}

int fail_plain (struct error *err, int number, const char *format, ...)
{
  va_list values;
  va_start (values, format);
  print (err, number, format, values);
  va_end (values);
  return -1;
}

void close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

void free_memory (void *pointer)
{
  free (*(void **)pointer);
}
