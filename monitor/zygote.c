/* Waits for launches and forks a monitor for each. It reads nothing itself: a slow client must not hold the next. */
#include "error.h"
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void accept_launch (int listener)
{
  cleanup_close int connection = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  struct ucred peer = { 0 };
  socklen_t size = sizeof peer;
  if (connection < 0 || getsockopt (connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.uid != 0)
    return;
  if (fork () != 0)
    return;
  close (listener);
  /* The engine's end of life is not the monitor's. */
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);
  dup2 (null, 0);
  dup2 (null, 1);
  if (null > 2)
    close (null);
  run_monitor (steal (&connection));
}

int run_zygote (const char *directory)
{
  struct error err = { 0 };
  cleanup_close int listener = listen_in (directory, "zygote.sock", &err);
  if (listener < 0)
    {
      dprintf (1, "%s\n", err.text);
      return 1;
    }
  /* Its children are reaped by the kernel, and so is what a killed monitor leaves. */
  signal (SIGCHLD, SIG_IGN);
  prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  signal (SIGPIPE, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  signal (SIGINT, SIG_IGN);
  if (setsid () < 0 || chdir ("/") < 0 || dprintf (1, "ready\n") < 0)
    return 1;
  for (;;)
    {
      struct pollfd waits[2] = { { .fd = listener, .events = POLLIN }, { .fd = 0, .events = POLLIN } };
      if (poll (waits, 2, -1) < 0)
        continue;
      char byte;
      /* The pipe's other end is the engine's, and ends with it. */
      if (waits[1].revents && read (0, &byte, 1) <= 0)
        return 0;
      if (waits[0].revents)
        accept_launch (listener);
    }
}
