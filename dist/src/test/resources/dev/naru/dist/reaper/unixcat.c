/* Sends standard input to a unix socket and prints what comes back: busybox has nothing that does. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main (int count, char **arguments)
{
  struct sockaddr_un to = { .sun_family = AF_UNIX };
  int s = socket (AF_UNIX, SOCK_STREAM, 0);
  if (count != 2 || s < 0)
    return 2;
  strncpy (to.sun_path, arguments[1], sizeof to.sun_path - 1);
  if (connect (s, (struct sockaddr *)&to, sizeof to) < 0)
    return 1;
  char buffer[4096];
  for (ssize_t n; (n = read (0, buffer, sizeof buffer)) > 0;)
    if (write (s, buffer, (size_t)n) != n)
      return 1;
  for (ssize_t n; (n = read (s, buffer, sizeof buffer)) > 0;)
    if (write (1, buffer, (size_t)n) != n)
      return 1;
  return 0;
}
