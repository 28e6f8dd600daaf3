package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.EndpointSettingsBuilder;
import dev.naru.wire.HostConfig;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkCreateRequestBuilder;
import dev.naru.wire.NetworkDisconnectRequest;
import dev.naru.wire.NetworkingConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of containers as their programs ask for them. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class NameResolutionTest {
    private static final String BRIDGE = "nnr" + ProcessHandle.current().pid();
    private static final String NOTHING = "";

    @TempDir
    Path directory;

    private Engine engine;

    private void open() {
        engine = Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
    }

    private void prepare() {
        open();
        BusyboxImage.load(engine);
    }

    @AfterEach
    void close() throws Exception {
        if (engine == null) {
            open();
        }
        for (Container container : List.copyOf(table().all())) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.networks().prune(Filters.NONE);
        engine.close();
        TestBridge.remove(BRIDGE);
        assertThat(resolver()).isEmpty();
    }

    private ContainerTable table() {
        return ((Containers) engine.containers()).table();
    }

    private String network(String name, boolean internal) {
        return engine.networks()
                .create(NetworkCreateRequestBuilder.builder()
                        .name(name)
                        .internal(internal)
                        .build())
                .id();
    }

    private String run(String name, String network, HostConfig host, String... aliases) {
        String id = engine.containers()
                .create(
                        name,
                        null,
                        ContainerCreateRequestBuilder.builder()
                                .image("busybox")
                                .cmd(List.of("sleep", "1000"))
                                .hostConfig(host)
                                .networkingConfig(new NetworkingConfig(Map.of(
                                        network,
                                        EndpointSettingsBuilder.builder()
                                                .aliases(List.of(aliases))
                                                .build())))
                                .build())
                .id();
        engine.containers().start(id, null);
        return id;
    }

    private String run(String name, String network, String... aliases) {
        return run(name, network, TestEngine.hostWith(host -> host.networkMode(network)), aliases);
    }

    private String address(String container, String network) {
        return engine.containers()
                .inspect(container, false)
                .networkSettings()
                .networks()
                .get(network)
                .ipAddress();
    }

    /** The last address of what the C library's resolver would be told. */
    private static String ask(int pid, String name) throws Exception {
        Process asking = new ProcessBuilder(
                        "nsenter",
                        "-t",
                        Integer.toString(pid),
                        "-n",
                        "/bin/busybox",
                        "nslookup",
                        "-type=a",
                        name,
                        "127.0.0.11")
                .redirectErrorStream(true)
                .start();
        String said = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        asking.waitFor();
        return said.lines()
                .dropWhile(line -> !line.startsWith("Name:"))
                .filter(line -> line.startsWith("Address"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse(NOTHING);
    }

    private String askFrom(String container, String name) throws Exception {
        return ask(table().get(container).status().pid(), name);
    }

    private String file(String container) throws IOException {
        return Files.readString(
                Path.of("/proc/" + table().get(container).status().pid() + "/root/etc/resolv.conf"));
    }

    private Optional<ProcessHandle> resolver() throws IOException {
        String line = "naru-resolver\0" + directory.resolve("run") + "\0";
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .filter(path -> commandLine(path).contains(line))
                    .findFirst()
                    .flatMap(path ->
                            ProcessHandle.of(Long.parseLong(path.getFileName().toString())));
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }

    @Test
    void containersOfANetworkFindEachOther() throws Exception {
        prepare();
        network("n1", false);
        network("n2", false);
        String web = run("web", "n1", "shop");
        run("other", "n2");
        assertThat(file("web")).contains("nameserver 127.0.0.11\n").contains("ndots:0");
        String address = address("web", "n1");
        for (String name : List.of("web", "Shop", "shop.n1", "web.n1", web.substring(0, 12))) {
            assertThat(askFrom("web", name)).isEqualTo(address);
        }
        assertThat(askFrom("other", "web")).isEqualTo(NOTHING);
        assertThat(askFrom("web", "host.docker.internal"))
                .isEqualTo(engine.containers()
                        .inspect("web", false)
                        .networkSettings()
                        .networks()
                        .get("n1")
                        .gateway());
    }

    @Test
    void namesFollowRenamesConnectionsAndEnds() throws Exception {
        prepare();
        network("n1", false);
        network("n2", false);
        run("web", "n1");
        run("plain", "bridge");
        assertThat(file("plain")).doesNotContain("127.0.0.11");
        engine.containers().rename("web", "shop");
        assertThat(askFrom("shop", "shop")).isEqualTo(address("shop", "n1"));
        assertThat(askFrom("shop", "web")).isEqualTo(NOTHING);
        engine.networks()
                .connect(
                        "n1",
                        new NetworkConnectRequest(
                                "plain",
                                EndpointSettingsBuilder.builder()
                                        .aliases(List.of("zap"))
                                        .build()));
        assertThat(file("plain")).contains("127.0.0.11");
        assertThat(askFrom("plain", "shop")).isEqualTo(address("shop", "n1"));
        assertThat(askFrom("shop", "zap")).isEqualTo(address("plain", "n1"));
        engine.networks().disconnect("n1", new NetworkDisconnectRequest("plain", false));
        assertThat(askFrom("shop", "zap")).isEqualTo(NOTHING);
        assertThat(file("plain")).doesNotContain("127.0.0.11");
        // What answers it was kept, and serves again.
        engine.networks()
                .connect(
                        "n1",
                        new NetworkConnectRequest(
                                "plain", EndpointSettingsBuilder.builder().build()));
        assertThat(askFrom("plain", "shop")).isEqualTo(address("shop", "n1"));
        assertThat(askFrom("shop", "plain")).isEqualTo(address("plain", "n1"));
        run("watch", "n1");
        engine.containers().stop("shop", null, 0);
        assertThat(askFrom("watch", "shop")).isEqualTo(NOTHING);
        engine.containers().start("shop", null);
        assertThat(askFrom("watch", "shop")).isEqualTo(address("shop", "n1"));
    }

    @Test
    void optionsAreHonoured() throws Exception {
        prepare();
        network("n1", false);
        network("inside", true);
        run("db", "n1");
        run("web", "n1", TestEngine.hostWith(host -> host.networkMode("n1")
                .links(List.of("db:store"))
                .extraHosts(List.of("fixed:10.9.8.7", "me:host-gateway"))
                .dnsSearch(List.of("example.test"))
                .dnsOptions(List.of("ndots:2", "timeout:1"))));
        assertThat(file("web")).contains("search example.test\n").contains("options ndots:2 timeout:1\n");
        assertThat(askFrom("web", "store")).isEqualTo(address("db", "n1"));
        engine.containers().stop("db", null, 0);
        assertThat(askFrom("web", "store")).isEqualTo(NOTHING);
        engine.containers().start("db", null);
        assertThat(askFrom("web", "store")).isEqualTo(address("db", "n1"));
        assertThat(askFrom("web", "fixed")).isEqualTo("10.9.8.7");
        assertThat(askFrom("web", "me")).isEqualTo(askFrom("web", "host.docker.internal"));
        run("hidden", "inside");
        assertThat(askFrom("hidden", "hidden")).isEqualTo(address("hidden", "inside"));
        assertThat(askFrom("hidden", "example.test")).isEqualTo(NOTHING);
    }

    @Test
    void namesAreAnsweredWhileTheEngineIsDeadAndByTheNextOne() throws Exception {
        var process = new EngineProcess(directory, BRIDGE);
        process.network("n1");
        process.join("web", "n1", "sleep 1000");
        process.join("gone", "n1", "sleep 2");
        process.kill();
        open();
        int pid = table().get("web").status().pid();
        String address = address("web", "n1");
        long resolver = resolver().orElseThrow().pid();
        engine.close();
        assertThat(ask(pid, "web")).isEqualTo(address);
        open();
        assertThat(ask(pid, "web")).isEqualTo(address);
        while (table().get("gone").status().phase().alive()) {
            Thread.sleep(20);
        }
        assertThat(ask(pid, "gone")).isEqualTo(NOTHING);
        assertThat(resolver().orElseThrow().pid()).isEqualTo(resolver);
    }

    @Test
    void aKilledResolverComesBack() throws Exception {
        prepare();
        network("n1", false);
        run("web", "n1");
        ProcessHandle killed = resolver().orElseThrow();
        killed.destroyForcibly();
        killed.onExit().join();
        while (resolver().isEmpty()) {
            Thread.sleep(20);
        }
        while (askFrom("web", "web").isEmpty()) {
            Thread.sleep(20);
        }
        assertThat(askFrom("web", "web")).isEqualTo(address("web", "n1"));
    }
}
