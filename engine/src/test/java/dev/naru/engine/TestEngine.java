package dev.naru.engine;

import dev.naru.engine.ImageService.ImportRequest;
import dev.naru.oci.Process;
import dev.naru.oci.ProcessBuilder;
import dev.naru.oci.RuntimeSpecBuilder;
import dev.naru.oci.User;
import dev.naru.runtime.LaunchRequest;
import dev.naru.runtime.LogTarget;
import dev.naru.runtime.StandardStreams;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.EventMessage;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An engine in a directory of its own whose containers are plain processes. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class TestEngine implements AutoCloseable {
    final HostProcesses processes;
    final EngineConfig config;
    Engine engine;

    TestEngine(Path directory, String bridge) {
        config = EngineConfig.builder(directory)
                .bridge(bridge)
                .firewall(false)
                .masquerade(false)
                .build();
        processes = new HostProcesses();
        engine = open();
        engine.images()
                .importRootfs(
                        new ByteArrayInputStream(new byte[1024]),
                        new ImportRequest("scratch", "latest", null, List.of(), null));
    }

    private Engine open() {
        return EngineAssembly.open(
                config,
                (settings, rooms, table) -> new Launching(
                        processes,
                        TestEngine::launch,
                        (container, request) -> process(request.cmd()),
                        container -> {}));
    }

    /** Dies without a word and comes back. */
    void reopen() {
        engine.close();
        engine = open();
    }

    private static LaunchRequest launch(Container container, LaunchContext context) {
        var command = new ArrayList<>(List.of(container.record().path()));
        command.addAll(container.record().arguments());
        return new LaunchRequest(
                container.id(),
                RuntimeSpecBuilder.builder()
                        .ociVersion("1.2.0")
                        .process(process(command))
                        .build(),
                List.of(),
                new StandardStreams(
                        false, Boolean.TRUE.equals(container.record().config().openStdin()), false, 0, 0),
                new LogTarget.None(),
                false,
                context.stateDirectory(),
                context.recordDirectory());
    }

    private static Process process(List<String> command) {
        return ProcessBuilder.builder()
                .args(command)
                .cwd("/")
                .user(new User(0, 0, null, null))
                .build();
    }

    static ContainerCreateRequestBuilder request(String... command) {
        return ContainerCreateRequestBuilder.builder()
                .image("scratch")
                .cmd(List.of(command))
                .hostConfig(host().build());
    }

    static HostConfigBuilder host() {
        return HostConfigBuilder.builder().networkMode("host");
    }

    String create(String name, ContainerCreateRequest request) {
        return engine.containers().create(name, null, request).id();
    }

    String run(String name, String... command) {
        String id = create(name, request(command).build());
        engine.containers().start(id, null);
        return id;
    }

    int await(String id, String condition) throws InterruptedException {
        try (var waiter = engine.containers().waiter(id, condition)) {
            return waiter.await().exitCode();
        }
    }

    /** The actions of a container's events so far. */
    List<String> actions(String name) {
        var all = new ArrayList<String>();
        engine.events().stream(1, Timestamps.now(), Filters.NONE, event -> {
            Map<String, String> attributes = event.actor().attributes();
            if (name.equals(attributes.get("name"))) {
                all.add(event.action());
            }
        });
        return all;
    }

    List<EventMessage> events() {
        var all = new ArrayList<EventMessage>();
        engine.events().stream(1, Timestamps.now(), Filters.NONE, all::add);
        return all;
    }

    static HostConfig hostWith(java.util.function.UnaryOperator<HostConfigBuilder> change) {
        return change.apply(host()).build();
    }

    @Override
    public void close() {
        engine.containers();
        processes.containers.values().forEach(HostContainer::delete);
        engine.close();
    }

    static boolean exists(Path path) throws IOException {
        return Files.exists(path);
    }
}
