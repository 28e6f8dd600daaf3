package dev.naru.engine;

import static dev.naru.engine.SpecRooms.request;
import static dev.naru.engine.SpecRooms.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.ImageRunConfigBuilder;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.DeviceMapping;
import dev.naru.wire.DeviceRequestBuilder;
import dev.naru.wire.Empty;
import dev.naru.wire.EndpointSettingsBuilder;
import dev.naru.wire.HealthConfigBuilder;
import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.LogConfig;
import dev.naru.wire.MountRequestBuilder;
import dev.naru.wire.NetworkingConfig;
import dev.naru.wire.PortBinding;
import dev.naru.wire.RestartPolicy;
import dev.naru.wire.Ulimit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Docker refuses is refused in Docker's words, and what it fills in is filled in. */
class ContainerFactoryTest {
    @TempDir
    Path directory;

    private SpecRooms rooms;

    @BeforeEach
    void open() {
        rooms = new SpecRooms(
                directory,
                ImageRunConfigBuilder.builder()
                        .env(List.of("PATH=/bin", "LANG=C"))
                        .cmd(List.of("sh"))
                        .volumes(Map.of("/data", Map.of()))
                        .labels(Map.of("from", "image"))
                        .build());
    }

    @AfterEach
    void close() {
        rooms.close();
    }

    private void refused(ContainerCreateRequest request, ErrorKind kind, String text) {
        assertThatThrownBy(() -> rooms.create(request)).isInstanceOfSatisfying(NaruException.class, e -> {
            assertThat(e).hasMessageContaining(text);
            assertThat(e.kind()).isEqualTo(kind);
        });
    }

    private void refused(UnaryOperator<HostConfigBuilder> host, String text) {
        refused(with(host), ErrorKind.INVALID, text);
    }

    @Test
    void unknownImagesAreNotFound() {
        refused(request().image("nosuchimage:x").build(), ErrorKind.NOT_FOUND, "No such image: nosuchimage:x");
        refused(request().image("nosuchimage").build(), ErrorKind.NOT_FOUND, "No such image: nosuchimage:latest");
    }

    @Test
    void namesHaveDockersForm() {
        assertThatThrownBy(() -> rooms.factory.create("a/b", null, request().build()))
                .hasMessage("Invalid container name (a/b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        assertThat(rooms.factory
                        .create("/web", null, request().build())
                        .record()
                        .name())
                .isEqualTo("web");
        assertThat(rooms.create(request().build()).record().name()).matches("[a-z]+_[a-z]+");
    }

    @Test
    void memoryLimitsAreCheckedAgainstEachOther() {
        refused(host -> host.memory(1L << 20), "Minimum memory limit allowed is 6MB");
        refused(
                host -> host.memory(100L << 20).memorySwap(50L << 20),
                "Minimum memoryswap limit should be larger than memory limit, see usage");
        refused(
                host -> host.memorySwap(50L << 20),
                "You should always set the Memory limit when using Memoryswap limit, see usage");
        refused(
                host -> host.memory(100L << 20).memoryReservation(200L << 20),
                "Minimum memory limit can not be less than memory reservation limit, see usage");
        refused(host -> host.memorySwappiness(101L), "Invalid value: 101, valid memory swappiness range is 0-100");
    }

    @Test
    void aMemoryLimitAllowsAsMuchSwapAgain() {
        assertThat(rooms.host(host -> host.memory(50L << 20)).memorySwap()).isEqualTo(100L << 20);
        assertThat(rooms.host(host -> host.memory(50L << 20).memorySwap(-1L)).memorySwap())
                .isEqualTo(-1);
    }

    @Test
    void processorLimitsAreChecked() {
        refused(
                host -> host.nanoCpus(1_000_000_000L).cpuQuota(1000L),
                "Conflicting options: Nano CPUs and CPU Quota cannot both be set");
        refused(
                host -> host.nanoCpus(100_000_000_000L),
                "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available");
        refused(host -> host.cpusetCpus("0-99"), "Requested CPUs are not available - requested 0-99, available: 0-1");
        refused(host -> host.cpusetCpus("x"), "Invalid value x for cpuset cpus: invalid format: x");
        refused(host -> host.cpuShares(-1L), "invalid CPU shares (-1): value must be a positive integer");
        refused(
                host -> host.cpuPeriod(10L),
                "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
    }

    @Test
    void whatTheKernelLacksIsWarnedOf() {
        var prepared = rooms.create(with(host -> host.blkioWeight(300)));
        assertThat(prepared.warnings())
                .containsExactly("Your kernel does not support Block I/O weight or the cgroup is not mounted."
                        + " Weight discarded.");
        assertThat(prepared.record().hostConfig().blkioWeight()).isZero();
    }

    @Test
    void windowsOptionsAreRefused() {
        refused(host -> host.isolation("hyperv"), "invalid isolation (hyperv): linux only supports 'default'");
        refused(
                host -> host.ioMaximumIOps(2L),
                "invalid option: QoS maximum IOPs configuration is not supported on linux");
        refused(host -> host.runtime("nope"), "unknown or invalid runtime name: nope");
    }

    @Test
    void restartPoliciesAreChecked() {
        refused(
                host -> host.restartPolicy(new RestartPolicy("x", 0)),
                "invalid restart policy: unknown policy 'x'; use one of 'no', 'always', 'on-failure', or"
                        + " 'unless-stopped'");
        refused(
                host -> host.restartPolicy(new RestartPolicy("always", 0)).autoRemove(true),
                "can't create 'AutoRemove' container with restart policy");
        refused(
                host -> host.restartPolicy(new RestartPolicy("always", 3)),
                "invalid restart policy: maximum retry count can only be used with 'on-failure'");
    }

    @Test
    void logOptionsAreChecked() {
        refused(
                host -> host.logConfig(new LogConfig("nope", Map.of())),
                "error looking up logging plugin nope: plugin \"nope\" not found");
        refused(
                host -> host.logConfig(new LogConfig("json-file", Map.of("foo", "b"))),
                "unknown log opt 'foo' for json-file log driver");
        refused(host -> host.logConfig(new LogConfig("json-file", Map.of("max-size", "x"))), "invalid size: 'x'");
        refused(
                host -> host.logConfig(new LogConfig("json-file", Map.of("max-file", "0"))),
                "max-file cannot be less than 1");
        refused(
                with(host -> host.logConfig(new LogConfig("syslog", Map.of()))),
                ErrorKind.NOT_SUPPORTED,
                "logging driver \"syslog\" is not supported");
    }

    @Test
    void securityOptionsAreChecked() {
        refused(host -> host.securityOpt(List.of("foo")), "invalid --security-opt 1: \"foo\"");
        refused(host -> host.securityOpt(List.of("foo=bar")), "invalid --security-opt 2: \"foo=bar\"");
        refused(host -> host.capAdd(List.of("NOPE")), "invalid CapAdd: unknown capability: \"CAP_NOPE\"");
        refused(host -> host.securityOpt(List.of("seccomp={bad")), "seccomp profile");
    }

    @Test
    void namespacesThatMakeNoSenseAreRefused() {
        refused(host -> host.pidMode("x"), "invalid PID mode: x");
        refused(host -> host.ipcMode("x"), "invalid IPC mode: x");
        refused(host -> host.utsMode("x"), "invalid UTS mode: x");
        refused(host -> host.cgroupnsMode("x"), "invalid cgroup namespace mode: x");
        refused(host -> host.pidMode("container:nosuch"), "No such container: nosuch");
        refused(
                host -> host.networkMode("container:"),
                "invalid network mode: invalid container format container:<name|id>");
        refused(
                host -> host.networkMode("container:x").dns(List.of("1.1.1.1")),
                "conflicting options: dns and the network mode");
        refused(
                host -> host.networkMode("container:x").publishAllPorts(true),
                "conflicting options: port publishing and the container type network mode");
        refused(
                host -> host.networkMode("host").links(List.of("a:b")),
                "conflicting options: host type networking can't be used with links. This would result in undefined"
                        + " behavior");
    }

    @Test
    void mountsThatMakeNoSenseAreRefused() {
        refused(host -> host.binds(List.of("/tmp:/x", "/etc:/x/")), "Duplicate mount point: /x");
        refused(host -> host.binds(List.of("/tmp:/x:foo")), "invalid mode: foo");
        refused(
                host -> host.binds(List.of("/tmp:/")),
                "invalid volume specification: '/tmp:/': invalid mount config for type \"bind\": invalid specification:"
                        + " destination can't be '/'");
        refused(host -> host.binds(List.of("a:b:c:d")), "invalid volume specification: 'a:b:c:d'");
        refused(
                host -> host.mounts(List.of(MountRequestBuilder.builder()
                        .type("bind")
                        .source("/nope")
                        .target("/x")
                        .build())),
                "invalid mount config for type \"bind\": bind source path does not exist: /nope");
        refused(
                host -> host.mounts(List.of(MountRequestBuilder.builder()
                        .type("foo")
                        .source("/tmp")
                        .target("/x")
                        .build())),
                "invalid mount config for type \"foo\": mount type unknown");
        refused(host -> host.tmpfs(Map.of("/x", "foo=bar")), "invalid tmpfs option \"foo\"");
        refused(host -> host.volumesFrom(List.of("nosuch")), "No such container: nosuch");
    }

    @Test
    void refusedRequestsLeaveNoVolume() {
        refused(host -> host.binds(List.of("/named", "no/such:/x")), "includes invalid characters");
        assertThat(rooms.volumes.list()).isEmpty();
    }

    @Test
    void otherFieldsAreChecked() {
        refused(
                request().workingDir("a/b").build(),
                ErrorKind.INVALID,
                "the working directory 'a/b' is invalid, it needs to be an absolute path");
        refused(request().env(List.of("=x")).build(), ErrorKind.INVALID, "invalid environment variable: =x");
        refused(request().stopSignal("FOO").build(), ErrorKind.INVALID, "invalid signal: FOO");
        refused(
                request()
                        .healthcheck(HealthConfigBuilder.builder().interval(10L).build())
                        .build(),
                ErrorKind.INVALID,
                "Interval in Healthcheck cannot be less than 1ms");
        refused(host -> host.extraHosts(List.of("foo")), "bad format for add-host: \"foo\"");
        refused(host -> host.extraHosts(List.of("foo:1.2.3")), "invalid IP address in add-host: \"1.2.3\"");
        refused(host -> host.ulimits(List.of(new Ulimit("foo", 1L, 1L))), "wrong rlimit value: RLIMIT_FOO");
        refused(
                host -> host.portBindings(Map.of("80/tcp", List.of(new PortBinding("", "70000")))),
                "invalid port specification: \"70000\"");
        refused(host -> host.deviceCgroupRules(List.of("foo")), "invalid device cgroup rule format: 'foo'");
        refused(
                host -> host.devices(List.of(new DeviceMapping("/dev/null", "/dev/x", "xyz"))),
                "invalid device mode: xyz");
        refused(
                with(host -> host.deviceRequests(List.of(DeviceRequestBuilder.builder()
                        .driver("other")
                        .count(-1)
                        .capabilities(List.of(List.of("gpu")))
                        .build()))),
                ErrorKind.NOT_SUPPORTED,
                "could not select device driver \"other\" with capabilities: [[gpu]]");
        refused(
                with(host -> host.storageOpt(Map.of("size", "10G"))),
                ErrorKind.NOT_SUPPORTED,
                "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
    }

    @Test
    void addressesNeedNetworksOfTheUser() {
        refused(
                request()
                        .networkingConfig(new NetworkingConfig(Map.of(
                                "bridge",
                                EndpointSettingsBuilder.builder()
                                        .aliases(List.of("x"))
                                        .build())))
                        .build(),
                ErrorKind.INVALID,
                "network-scoped alias is supported only for containers in user defined networks");
    }

    @Test
    void imagesFillWhatTheRequestLeavesOpen() {
        ContainerRecord record = rooms.create(
                        request().cmd(null).env(List.of("LANG=de", "A=b")).build())
                .record();
        assertThat(record.config().env()).containsExactly("LANG=de", "A=b", "PATH=/bin");
        assertThat(record.path()).isEqualTo("sh");
        assertThat(record.config().labels()).containsEntry("from", "image");
        assertThat(record.mounts()).singleElement().satisfies(mount -> {
            assertThat(mount.destination()).isEqualTo("/data");
            assertThat(mount.anonymous()).isTrue();
        });
        rooms.factory.discard(record);
        assertThat(rooms.volumes.list()).isEmpty();
    }

    @Test
    void anEmptyEntrypointTakesTheImagesAway() {
        ContainerRecord record =
                rooms.create(request().entrypoint(List.of("")).build()).record();
        assertThat(record.path()).isEqualTo("true");
        refused(request().entrypoint(List.of("")).cmd(null).build(), ErrorKind.INVALID, "no command specified");
    }

    @Test
    void aMountOfTheRequestTakesTheImagesPlace() {
        ContainerRecord record = rooms.create(request()
                        .volumes(Map.of("/other", new Empty()))
                        .hostConfig(HostConfigBuilder.builder()
                                .binds(List.of("/tmp:/data:ro"))
                                .build())
                        .build())
                .record();
        assertThat(record.mounts()).extracting(ContainerMount::destination).containsExactly("/data", "/other");
        assertThat(record.mounts().getFirst().isBind()).isTrue();
        assertThat(record.mounts().getFirst().writable()).isFalse();
    }
}
