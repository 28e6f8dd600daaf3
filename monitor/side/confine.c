#include "side.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

enum { MOST = 128 };

static const int always[] = {
#ifdef SYS_epoll_wait
  SYS_epoll_wait,
#endif
  SYS_epoll_pwait, SYS_recvfrom, SYS_sendto,        SYS_recvmsg,      SYS_sendmsg, SYS_epoll_ctl, SYS_close,
  SYS_accept4,     SYS_fcntl,    SYS_clock_gettime, SYS_brk,          SYS_mmap,    SYS_munmap,    SYS_mremap,
  SYS_mprotect,    SYS_madvise,  SYS_getsockopt,    SYS_rt_sigreturn, SYS_socket,  SYS_connect,   SYS_shutdown,
  SYS_setsockopt,  SYS_exit_group,
};

static struct sock_filter filter[4 + 2 * MOST + 1];
static unsigned short length;

static void statement (uint16_t code, uint8_t yes, uint8_t no, uint32_t value)
{
  filter[length++] = (struct sock_filter){ code, yes, no, value };
}

static void allow (const int *calls, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      statement (BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)calls[i]);
      statement (BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
    }
}

static void drop_capabilities (void)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[2] = { 0 };
  for (unsigned long each = 0; each <= CAP_LAST_CAP; each++)
    prctl (PR_CAPBSET_DROP, each, 0, 0, 0);
  prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  syscall (SYS_capset, &header, none);
}

void confine (const int *calls, size_t count)
{
  statement (BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof (struct seccomp_data, arch));
  statement (BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCHITECTURE);
  statement (BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
  statement (BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof (struct seccomp_data, nr));
  allow (always, sizeof always / sizeof always[0]);
  allow (calls, count);
  statement (BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM);
  struct sock_fprog program = { length, filter };
  prctl (PR_SET_DUMPABLE, 0);
  drop_capabilities ();
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef __SANITIZE_ADDRESS__
  prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#else
  (void)program;
#endif
}
