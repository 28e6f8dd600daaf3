package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Rlimit;
import dev.naru.oci.Seccomp;
import dev.naru.oci.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can be asked for the container's process. */
final class ProcessOptionsTest {
    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void leaveNothing() {
        sandbox.close();
    }

    @Test
    void userGroupsAndUmask() throws InterruptedException {
        assertThat(sandbox.shell("id -u; id -g; grep Groups /proc/self/status; umask; touch /tmp/x; stat -c %a /tmp/x")
                        .change(c -> c.process.user(new User(33, 33, 0077, List.of(33, 29))))
                        .output())
                .isEqualTo("33\n33\nGroups:\t29 33 \n0077\n600\n");
    }

    @Test
    void capabilitiesAddedAndDropped() throws InterruptedException {
        assertThat(sandbox.container("grep", "CapEff", "/proc/self/status")
                        .capabilities(CapabilitySet.adjusted(List.of(), List.of("ALL"), sandbox.host.capabilities()))
                        .output())
                .isEqualTo("CapEff:\t0000000000000000\n");
        assertThat(sandbox.shell("hostname other && hostname")
                        .capabilities(
                                CapabilitySet.adjusted(List.of("SYS_ADMIN"), List.of(), sandbox.host.capabilities()))
                        .output())
                .isEqualTo("other\n");
    }

    @Test
    void privilegedHasEverythingThatTheEngineHas() throws InterruptedException {
        String all =
                String.format("CapEff:\t%016x\n", sandbox.host.capabilities().bits());
        assertThat(sandbox.shell("grep CapEff /proc/self/status; grep Seccomp: /proc/self/status;"
                                + " mount -t tmpfs tmpfs /tmp && echo mounted")
                        .privileged()
                        .output())
                .isEqualTo(all + "Seccomp:\t0\nmounted\n");
    }

    @Test
    void noNewPrivilegesTakeSetuidItsEffect() throws InterruptedException {
        assertThat(sandbox.shell("grep NoNewPrivs /proc/self/status; grep Seccomp: /proc/self/status")
                        .change(c -> c.process.noNewPrivileges(true))
                        .user(33, 33)
                        .output())
                .isEqualTo("NoNewPrivs:\t1\nSeccomp:\t2\n");
    }

    @Test
    void limitsOfTheProcess() throws InterruptedException {
        assertThat(sandbox.shell("ulimit -n; ulimit -H -n; ulimit -c")
                        .change(c -> c.process.rlimits(
                                List.of(new Rlimit("RLIMIT_NOFILE", 100, 200), new Rlimit("RLIMIT_CORE", 0, 0))))
                        .output())
                .isEqualTo("100\n200\n0\n");
    }

    @Test
    void killScore() throws InterruptedException {
        assertThat(sandbox.container("cat", "/proc/self/oom_score_adj")
                        .change(c -> c.process.oomScoreAdj(321))
                        .output())
                .isEqualTo("321\n");
    }

    @Test
    void workingDirectoryIsMadeAndEnvironmentIsWhole() throws InterruptedException {
        assertThat(sandbox.shell("pwd; env | grep -v -E '^(PWD|SHLVL|_)=' | sort")
                        .change(c -> c.process.cwd("/srv/new/dir").env(List.of("PATH=/bin", "A=b c", "EMPTY=")))
                        .output())
                .isEqualTo("/srv/new/dir\nA=b c\nEMPTY=\nPATH=/bin\n");
    }

    @Test
    void hostnameAndDomainname() throws InterruptedException {
        assertThat(sandbox.shell("hostname; cat /proc/sys/kernel/domainname")
                        .change(c -> c.spec.hostname("harbour").domainname("naru.example"))
                        .output())
                .isEqualTo("harbour\nnaru.example\n");
    }

    @Test
    void kernelParametersOfOwnNamespaces() throws InterruptedException {
        assertThat(sandbox.shell(
                                "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax /proc/sys/fs/mqueue/msg_max")
                        .change(c -> c.linux.sysctl(
                                Map.of("net.ipv4.ip_forward", "1", "kernel.msgmax", "4096", "fs.mqueue.msg_max", "7")))
                        .output())
                .isEqualTo("1\n4096\n7\n");
    }

    @Test
    void customFilter() throws InterruptedException {
        String profile = """
                {"defaultAction": "SCMP_ACT_ALLOW",
                 "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
                 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13},
                              {"names": ["sethostname"], "action": "SCMP_ACT_KILL_PROCESS"}]}
                """;
        Seccomp seccomp = sandbox.profiles.custom(profile, CapabilitySet.DEFAULT);

        assertThat(sandbox.container("mkdir", "/tmp/x")
                        .change(c -> c.seccomp = seccomp)
                        .run()
                        .err())
                .contains("Permission denied");
        assertThat(sandbox.container("hostname", "x")
                        .change(c -> c.seccomp = seccomp)
                        .run()
                        .exit()
                        .signal())
                .isEqualTo(31);
    }

    @Test
    void filterIsLoadedWithNoNewPrivilegesTooEvenIfItForbidsWhatTheLaunchNeeds() throws InterruptedException {
        String profile = """
                {"defaultAction": "SCMP_ACT_ALLOW",
                 "syscalls": [{"names": ["capset", "setgroups", "chdir"], "action": "SCMP_ACT_ERRNO"}]}
                """;
        Seccomp seccomp = sandbox.profiles.custom(profile, CapabilitySet.DEFAULT);

        assertThat(sandbox.container("true")
                        .change(c -> {
                            c.seccomp = seccomp;
                            c.process.noNewPrivileges(true);
                        })
                        .run()
                        .code())
                .isZero();
    }

    @Test
    void programsThatCannotBeRunAreToldApart() {
        assertThatThrownBy(() -> sandbox.container("absent").run())
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.COMMAND_NOT_FOUND));
        assertThatThrownBy(() -> sandbox.container("/etc/passwd").run())
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.COMMAND_NOT_EXECUTABLE));
    }
}
