package dev.naru.engine;

import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.Empty;
import dev.naru.wire.ExecCreateRequestBuilder;
import dev.naru.wire.LogConfig;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkCreateRequestBuilder;
import dev.naru.wire.NetworkDisconnectRequest;
import dev.naru.wire.PortBinding;
import dev.naru.wire.RestartPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An engine in a process of its own, which obeys lines on its standard input until it is killed. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class EngineProcess {
    private static final Map<String, String> EARLY_ROTATION =
            Map.of("compress", "true", "max-size", "200k", "max-file", "50");

    private final Process process;
    private final BufferedReader answers;

    EngineProcess(Path directory, String bridge) throws IOException {
        this(directory, bridge, "-Xshare:auto", "");
    }

    /** One that maps the users of its containers, by account files that have the user remap. */
    EngineProcess(Path directory, String bridge, Path accounts) throws IOException {
        this(directory, bridge, "-Xshare:auto", accounts.toString());
    }

    /** @param sharing how classes are shared with other processes of the kind */
    EngineProcess(Path directory, String bridge, String sharing) throws IOException {
        this(directory, bridge, sharing, "");
    }

    private EngineProcess(Path directory, String bridge, String sharing, String accounts) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        sharing,
                        "-Xlog:disable",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineProcess.class.getName(),
                        directory.toString(),
                        bridge,
                        accounts)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        answer();
    }

    /** Sends a line without waiting for what becomes of it. */
    void say(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the engine's process has ended");
        }
        return line;
    }

    /** Runs a container; answers its id. */
    String run(String name, String policy, String script) throws IOException {
        say("run\t" + name + "\t" + policy + "\t" + script);
        return answer();
    }

    /** Makes a network; answers its id. */
    String network(String name) throws IOException {
        say("network\t" + name);
        return answer();
    }

    /** Runs a container in a network; answers its id. */
    String join(String name, String network, String script) throws IOException {
        say("join\t" + name + "\t" + network + "\t" + script);
        return answer();
    }

    /** Runs a container whose log is rotated early and compressed; answers its id. */
    String runLogged(String name, String script) throws IOException {
        say("logged\t" + name + "\t" + script);
        return answer();
    }

    /** Lets it end by itself. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        process.waitFor();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Serves until the end of its input. */
    public static void main(String[] arguments) throws IOException {
        EngineConfigBuilder config = EngineConfig.builder(Path.of(arguments[0])).bridge(arguments[1]);
        if (!arguments[2].isEmpty()) {
            config.usernsRemap("remap").accounts(Path.of(arguments[2]));
        }
        Engine engine = Engine.open(config.build());
        if (engine.images().list(true, Filters.NONE, false, false).isEmpty()) {
            BusyboxImage.load(engine);
        }
        System.out.println("ready");
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = lines.readLine()) != null) {
            String[] words = line.split("\t", -1);
            Thread.ofVirtual().start(() -> System.out.println(obey(engine, words)));
        }
        engine.close();
    }

    private static String obey(Engine engine, String[] words) {
        try {
            return switch (words[0]) {
                case "run" ->
                    started(engine, words[1], shell(words[3]).hostConfig(TestEngine.hostWith(host -> host.networkMode(
                                    "bridge")
                            .restartPolicy(new RestartPolicy(words[2], 0)))));
                case "network" ->
                    engine.networks()
                            .create(NetworkCreateRequestBuilder.builder()
                                    .name(words[1])
                                    .build())
                            .id();
                case "unmake" -> {
                    engine.networks().remove(words[1]);
                    yield "removed";
                }
                case "connect" -> {
                    engine.networks().connect(words[1], new NetworkConnectRequest(words[2], null));
                    yield "connected";
                }
                case "disconnect" -> {
                    engine.networks().disconnect(words[1], new NetworkDisconnectRequest(words[2], true));
                    yield "disconnected";
                }
                case "serve" ->
                    started(
                            engine,
                            words[1],
                            busybox("nc", "-ll", "-p", "80", "-e", "true")
                                    .exposedPorts(Map.of("80/tcp", new Empty()))
                                    .hostConfig(TestEngine.hostWith(host -> host.networkMode(words[2])
                                            .portBindings(Map.of("80/tcp", List.of(new PortBinding("", words[3])))))));
                case "join" ->
                    started(
                            engine,
                            words[1],
                            shell(words[3]).hostConfig(TestEngine.hostWith(host -> host.networkMode(words[2]))));
                case "logged" ->
                    started(engine, words[1], shell(words[2]).hostConfig(TestEngine.hostWith(host -> host.networkMode(
                                    "none")
                            .logConfig(new LogConfig("json-file", EARLY_ROTATION)))));
                case "rich" ->
                    started(
                            engine,
                            words[1],
                            shell(words[2])
                                    .volumes(Map.of("/anonymous", new Empty()))
                                    .exposedPorts(Map.of("80/tcp", new Empty()))
                                    .hostConfig(TestEngine.hostWith(host -> host.networkMode("bridge")
                                            .publishAllPorts(true)
                                            .autoRemove(words[1].endsWith("1"))
                                            .ipcMode("shareable")
                                            .cgroupParent(
                                                    "/naru-" + engine.config().bridge() + "/deep"))));
                case "exec" -> {
                    String id = engine.execs()
                            .create(
                                    words[1],
                                    ExecCreateRequestBuilder.builder()
                                            .cmd(List.of("sh", "-c", words[2]))
                                            .build());
                    engine.execs().startDetached(id);
                    yield id;
                }
                case "stop" -> {
                    engine.containers().stop(words[1], null, 0);
                    yield "stopped";
                }
                case "remove" -> {
                    engine.containers().remove(words[1], true, true, false);
                    yield "removed";
                }
                default -> "unknown";
            };
        } catch (RuntimeException failure) {
            return "failed " + failure.getMessage();
        }
    }

    private static ContainerCreateRequestBuilder busybox(String... command) {
        return ContainerCreateRequestBuilder.builder().image("busybox").cmd(List.of(command));
    }

    private static ContainerCreateRequestBuilder shell(String script) {
        return busybox("sh", "-c", script);
    }

    private static String started(Engine engine, String name, ContainerCreateRequestBuilder request) {
        String id = engine.containers().create(name, null, request.build()).id();
        engine.containers().start(id, null);
        return id;
    }
}
