package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.oci.IdMapping;
import dev.naru.oci.LinuxSpecBuilder;
import dev.naru.oci.Mount;
import dev.naru.oci.Namespace;
import dev.naru.oci.ProcessBuilder;
import dev.naru.oci.Resources;
import dev.naru.oci.Rlimit;
import dev.naru.oci.RuntimeSpecBuilder;
import dev.naru.oci.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class SpecCompilerTest {
    private final HostFeatures host = new HostFeatures();
    private final DefaultSpec defaults = new DefaultSpec(host);
    private final SpecCompiler compiler = new SpecCompiler(host, new SeccompCompiler());

    private final LinuxSpecBuilder linux = LinuxSpecBuilder.builder().namespaces(defaults.namespaces(false));
    private final ProcessBuilder process = ProcessBuilder.builder()
            .args(List.of("true"))
            .cwd("/work")
            .user(new User(1000, 1000, null, List.of(1000, 29)))
            .capabilities(defaults.capabilities(CapabilitySet.DEFAULT));
    private final List<Mount> mounts = new ArrayList<>(defaults.mounts(DefaultSpec.SHM_SIZE, false));
    private final RuntimeSpecBuilder spec =
            RuntimeSpecBuilder.builder().ociVersion("1.2.0").hostname("box");

    @Test
    void rootComesFirstThenMountsThenDevicesThenThePivot() {
        List<String> plan = compile();

        assertThat(plan)
                .containsSubsequence(
                        "CREATE_NAMESPACES " + Long.toHexString(0x6C020000L),
                        "HOSTNAME box",
                        "PROPAGATION 0 / 540672",
                        "ROOT /root-directory",
                        "OVERLAY / /upper /work 0 /a /b:c volatile",
                        "MOUNT proc proc /proc 14",
                        "MOUNT tmpfs tmpfs /dev 16777218 mode=755,size=65536k",
                        "DEVICE /dev/null 8630 1 3 0 0",
                        "SYMLINK pts/ptmx /dev/ptmx",
                        "DIRECTORY /work 493 0 0",
                        "PIVOT_ROOT",
                        "USER 1000 1000 1000 29",
                        "CAPABILITIES a80425fb a80425fb a80425fb 0 0",
                        "ARGUMENTS true");
    }

    @Test
    void bindsCarryTheirFlagsAndPropagation() {
        mounts.add(new Mount("/data", "bind", "/srv", List.of("rbind", "ro", "nosuid", "rslave")));
        mounts.add(new Mount("/all", "bind", "/srv", List.of("rbind", "rro", "rprivate")));

        assertThat(compile())
                .containsSubsequence(
                        "BIND /srv /data " + (4096 | 16_384 | 1 | 2),
                        "PROPAGATION 1 /data " + ((1 << 19) | 16_384),
                        "BIND /srv /all " + (4096 | 16_384),
                        "MOUNT_ATTRIBUTES /all 1 1 0",
                        "PROPAGATION 1 /all " + ((1 << 18) | 16_384));
    }

    @Test
    void mountsThatMakeNoSenseAreRefused() {
        for (Mount bad : List.of(
                new Mount("relative", "tmpfs", "tmpfs", null),
                new Mount("/x", "bind", "relative", null),
                new Mount("/x", "bind", "/srv", List.of("size=1")),
                new Mount("/x", null, "/srv", null),
                new Mount("/x", "bind", "/srv", List.of("idmap")))) {
            mounts.add(bad);
            assertThatThrownBy(this::compile).as(bad.toString()).isInstanceOf(NaruException.class);
            mounts.removeLast();
        }
    }

    @Test
    void hostsDevicesAreLeftAloneWhenTheyAreBound() {
        mounts.add(new Mount("/dev", "bind", "/dev", List.of("rbind")));

        assertThat(compile()).noneMatch(line -> line.startsWith("DEVICE"));
    }

    @Test
    void pathsAreMaskedBeforeThePivotAndTheRootMadeReadOnlyLast() {
        linux.maskedPaths(List.of("/proc/kcore")).readonlyPaths(List.of("/proc/sys"));
        spec.root(new dev.naru.oci.Root("/ignored", true));

        assertThat(compile())
                .containsSubsequence(
                        "READ_ONLY_PATH /proc/sys", "MASK_PATH /proc/kcore", "READ_ONLY_ROOT", "PIVOT_ROOT");
    }

    @Test
    void onlyParametersOfOwnNamespacesCanBeSet() {
        linux.sysctl(Map.of("net.ipv4.ip_forward", "1"));
        assertThat(compile()).contains("SYSCTL net.ipv4.ip_forward 1");

        for (String foreign :
                List.of("kernel.panic", "vm.swappiness", "net/../vm/swappiness", "", "kernel.domainnames")) {
            linux.sysctl(Map.of(foreign, "1"));
            assertRefused(ErrorKind.INVALID, "kernel parameter");
        }
        spec.hostname("");
        linux.sysctl(Map.of("net.ipv4.ip_forward", "1")).namespaces(List.of(new Namespace("mount", null)));
        assertRefused(ErrorKind.INVALID, "host's network namespace");
    }

    @Test
    void hostnameNeedsANamespace() {
        linux.namespaces(List.of(new Namespace("mount", null)));

        assertRefused(ErrorKind.INVALID, "UTS");
    }

    @Test
    void mappedMountsCarryTheirMapOrTheUserNamespaces() {
        IdMapping mapping = new IdMapping(0, 1000, 1);
        mounts.add(new Mount("/own", "bind", "/srv", List.of("rbind", "ridmap"))
                .mapped(List.of(mapping), List.of(mapping)));

        assertThat(compile())
                .containsSubsequence("MAP_IDS 0 1000 1\n 0 1000 1\n 1 0 0", "BIND /srv /own " + (4096 | 16_384));
    }

    @Test
    void joinedUserNamespaceIsEnteredAfterTheHostsMounts() {
        IdMapping mapping = new IdMapping(0, 100_000, 65_536);
        linux.namespaces(List.of(new Namespace("mount", null), new Namespace("user", "/proc/7/ns/user")))
                .uidMappings(List.of(mapping))
                .gidMappings(List.of(mapping));
        spec.hostname(null);

        assertThat(compile())
                .noneMatch(line -> line.startsWith("UID_MAP"))
                .containsSubsequence(
                        "JOIN_NAMESPACE 10000000 /proc/7/ns/user",
                        "OVERLAY / /upper /work 0 /a /b:c volatile",
                        "ENTER_USER_NAMESPACE");
    }

    @Test
    void namespacesOfOthersAreJoinedTheUserNamespaceLast() {
        linux.namespaces(List.of(
                new Namespace("mount", null),
                new Namespace("user", "/proc/7/ns/user"),
                new Namespace("network", "/proc/7/ns/net"),
                new Namespace("uts", "/proc/7/ns/uts")));

        List<String> plan = compile();

        assertThat(plan)
                .containsSubsequence(
                        "CREATE_NAMESPACES 20000",
                        "JOIN_NAMESPACE 40000000 /proc/7/ns/net",
                        "JOIN_NAMESPACE 10000000 /proc/7/ns/user");
        assertThat(plan).noneMatch(line -> line.startsWith("HOSTNAME"));
    }

    @Test
    void userNamespaceIsEnteredBetweenTheHostsMountsAndItsOwn() {
        List<Namespace> namespaces = new ArrayList<>(defaults.namespaces(false));
        namespaces.add(new Namespace("user", null));
        IdMapping mapping = new IdMapping(0, 100_000, 65_536);
        linux.namespaces(namespaces).uidMappings(List.of(mapping)).gidMappings(List.of(mapping));
        mounts.add(new Mount("/proc/meminfo", "bind", "/srv", null));

        assertThat(compile())
                .containsSubsequence(
                        "UID_MAP 0 100000 65536",
                        "OVERLAY / /upper /work 0 /a /b:c volatile",
                        "MOUNT tmpfs tmpfs /dev 16777218 mode=755,size=65536k,uid=100000,gid=100000",
                        "DEVICE /dev/null 8630 1 3 100000 100000",
                        "ENTER_USER_NAMESPACE",
                        "MOUNT proc proc /proc 14",
                        "BIND /srv /proc/meminfo 4096");
    }

    @Test
    void scoreAndLimitsBeyondTheEnginesOwnAreRefusedWithTheRemedy() {
        if (host.capabilities().contains(Capability.CAP_SYS_RESOURCE)) {
            return;
        }
        process.oomScoreAdj(-1000);
        assertRefused(ErrorKind.FORBIDDEN, "CAP_SYS_RESOURCE");
        process.oomScoreAdj(500).rlimits(List.of(new Rlimit("RLIMIT_NOFILE", 1, 1L << 40)));
        assertRefused(ErrorKind.FORBIDDEN, "CAP_SYS_RESOURCE");
        process.rlimits(List.of(new Rlimit("RLIMIT_NOFILE", 64, 128)));
        assertThat(compile()).contains("OOM_SCORE 500", "RLIMIT 7 64 128");
    }

    @Test
    void labelsOfSecurityModulesThatTheHostLacksAreRefused() {
        process.apparmorProfile("unconfined");
        assertThat(compile()).isNotEmpty();
        if (!host.appArmor()) {
            process.apparmorProfile("mine");
            assertRefused(ErrorKind.NOT_SUPPORTED, "AppArmor");
        }
        if (!host.seLinux()) {
            process.apparmorProfile("").selinuxLabel("system_u:system_r:container_t:s0");
            assertRefused(ErrorKind.NOT_SUPPORTED, "SELinux");
        }
    }

    @Test
    void controlGroupsAreSeenAsTheContainersOwn() {
        ControlGroup group = host.controlGroups().open("/naru-test/none");

        List<String> plan = compile();

        for (ControlGroup.View view : group.views(true)) {
            String target = view.name().isEmpty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/" + view.name();
            assertThat(plan).anyMatch(line -> line.startsWith("BIND " + view.source() + " " + target + " "));
        }
    }

    @Test
    void failedPreparationLeavesNothing() {
        spec.linux(linux.cgroupsPath("/naru-test-spec/failed")
                .resources(new Resources(null, null, null, null, null, null, null))
                .build());
        process.args(List.of());
        LaunchRequest request = request();

        assertThatThrownBy(() -> new HostIsolation(host).prepare(request)).isInstanceOf(NaruException.class);

        assertThat(host.controlGroups().open("/naru-test-spec/failed").procsFiles())
                .noneMatch(file -> KernelFile.exists(file.toString()));
        host.controlGroups().removeIfEmpty("/naru-test-spec");
    }

    private void assertRefused(ErrorKind kind, String text) {
        Consumer<NaruException> sameKind = e -> assertThat(e.kind()).isEqualTo(kind);
        assertThatThrownBy(this::compile)
                .isInstanceOfSatisfying(NaruException.class, sameKind)
                .hasMessageContaining(text);
    }

    private List<String> compile() {
        spec.linux(linux.build());
        ControlGroup group = host.controlGroups().open("/naru-test/none");
        return PlanReader.lines(
                compiler.compile(request(), group, Path.of("/root-directory")).plan());
    }

    private LaunchRequest request() {
        Mount root = new Mount(
                "/",
                "overlay",
                "overlay",
                List.of("lowerdir=/a:/b\\:c", "upperdir=/upper", "workdir=/work", "volatile"));
        return new LaunchRequest(
                "0".repeat(64),
                spec.process(process.build()).mounts(mounts).build(),
                List.of(root),
                new StandardStreams(false, false, false, 0, 0),
                new LogTarget.None(),
                false,
                Path.of("/nonexistent"),
                Path.of("/nonexistent"));
    }
}
