package dev.naru.buildkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.Engine;
import dev.naru.engine.EngineConfig;
import dev.naru.engine.ImageService.ImportRequest;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcChannel;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcServer;
import dev.naru.grpc.Metadata;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.linux.Nftables;
import dev.naru.linux.Rtnetlink;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that makes its graph by itself, over a real connection. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class LowLevelGraphTest {
    private static final String BRIDGE = "nll" + ProcessHandle.current().pid();
    private static final String BASE = "docker-image://docker.io/library/busybox:latest";

    @TempDir
    Path directory;

    private Engine engine;
    private ServerSocketChannel listening;
    private GrpcChannel channel;
    private DefinitionWriter graph = new DefinitionWriter();

    @BeforeEach
    void open() throws Exception {
        engine = Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
        importBusybox();
        var door = new BuildkitDoor(() -> engine);
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        var address = UnixDomainSocketAddress.of(directory.resolve("s"));
        listening.bind(address);
        Thread.ofVirtual().start(() -> serve(door));
        SocketChannel client = SocketChannel.open(address);
        channel = new GrpcChannel(Channels.newInputStream(client), Channels.newOutputStream(client), client);
        Thread.ofVirtual().start(channel::run);
    }

    private void serve(BuildkitDoor door) {
        try (SocketChannel connection = listening.accept()) {
            new GrpcServer(door::serve)
                    .serve(Channels.newInputStream(connection), Channels.newOutputStream(connection), 0, connection);
        } catch (IOException | InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void importBusybox() throws Exception {
        Path root = directory.resolve("root");
        Files.createDirectories(root.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String name : List.of("sh", "cat", "echo", "ls", "mkdir", "rm")) {
            Files.createSymbolicLink(root.resolve("bin").resolve(name), Path.of("busybox"));
        }
        Process tar = new ProcessBuilder("tar", "-C", root.toString(), "-c", ".").start();
        try (InputStream in = tar.getInputStream()) {
            engine.images().importRootfs(in, new ImportRequest("busybox", "latest", null, List.of(), null));
        }
    }

    @AfterEach
    void close() throws Exception {
        channel.close();
        listening.close();
        engine.close();
        try (Rtnetlink rtnetlink = Rtnetlink.open();
                Nftables nftables = Nftables.open()) {
            rtnetlink.batch().delete(BRIDGE).commit();
            nftables.transaction("naru-" + BRIDGE).table().deleteTable().commit();
        }
    }

    /** Solves as a client with a frontend of its own, and reads a file of the result. */
    private String file(DefinitionWriter.Edge result, String path) throws Exception {
        String build = UUID.randomUUID().toString();
        Thread solving = Thread.ofVirtual().start(() -> {
            try {
                channel.call("/moby.buildkit.v1.Control/Solve", new ProtoWriter().text(1, build));
            } catch (IOException | InterruptedException | GrpcException ended) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            ProtoFields solved = bridge(
                    build,
                    "Solve",
                    new ProtoWriter().message(1, graph.definition(result)).truth(14, true));
            String tree = solved.message(3).message(3).text(1);
            byte[] content = bridge(
                            build, "ReadFile", new ProtoWriter().text(1, tree).text(2, path))
                    .bytes(1);
            return new String(content, StandardCharsets.UTF_8);
        } finally {
            bridge(build, "Return", new ProtoWriter().message(1, new ProtoWriter().message(3, new ProtoWriter())));
            solving.join();
        }
    }

    private ProtoFields bridge(String build, String method, ProtoWriter request) throws Exception {
        var fields = new Metadata().add("buildkit-controlapi-buildid", build);
        try (GrpcCall call = channel.open("/moby.buildkit.v1.frontend.LLBBridge/" + method, fields)) {
            call.send(request);
            call.end();
            return call.request();
        }
    }

    @Test
    void executionsRunOnImagesAndKeepCaches() throws Exception {
        var first =
                graph.run(graph.source(BASE), "echo one >/a; echo kept >/c/k", DefinitionWriter.cache("/c", "things"));
        var second = graph.run(first, "cat /a /c/k >/b", DefinitionWriter.cache("/c", "things"));
        assertThat(file(second, "/b")).isEqualTo("one\nkept\n");
    }

    @Test
    void filesAreMadeCopiedAndMerged() throws Exception {
        var made = graph.files(
                List.of(), DefinitionWriter.makeFile(-1, -1, "/x", "ex"), DefinitionWriter.makeFile(0, 0, "/y", "why"));
        var copied = graph.files(List.of(graph.source(BASE), made), DefinitionWriter.copy(0, 1, 0, "/y", "/deep/z"));
        assertThat(file(copied, "deep/z")).isEqualTo("why");
        var merged = graph.run(graph.merge(graph.source(BASE), made), "cat /x /y >/both");
        assertThat(file(merged, "both")).isEqualTo("exwhy");
    }

    @Test
    void differenceHasWhatWasAdded() throws Exception {
        var base = graph.source(BASE);
        var changed = graph.run(base, "echo new >/n");
        var onto = graph.files(List.of(), DefinitionWriter.makeFile(-1, 0, "/other", "o"));
        var merged = graph.merge(onto, graph.difference(base, changed));
        assertThat(file(merged, "n")).isEqualTo("new\n");
        assertThatThrownBy(() -> file(merged, "bin/busybox")).hasMessageContaining("no such file");
    }

    @Test
    void definitionInTheResultOfAnotherIsSolved() throws Exception {
        var inner = new DefinitionWriter();
        var content = inner.files(List.of(), DefinitionWriter.makeFile(-1, 0, "/inner", "deep"));
        byte[] bytes = inner.definition(content).toBytes();
        var holder = graph.files(
                List.of(),
                new ProtoWriter()
                        .number(1, -1)
                        .number(2, -1)
                        .message(
                                5,
                                new ProtoWriter()
                                        .text(1, "/d")
                                        .number(2, 0644)
                                        .bytes(3, bytes)
                                        .number(5, -1)));
        assertThat(file(graph.build(holder, "/d"), "inner")).isEqualTo("deep");
    }

    @Test
    void failureNamesTheStepAndItsCode() {
        var failing = graph.run(graph.source(BASE), "exit 7");
        graph.name(failing, "the failing one");
        assertThatThrownBy(() -> file(failing, "x")).hasMessageContaining("exit code: 7");
    }

    @Test
    void hostileDefinitionsAreRefused() {
        var missing = new DefinitionWriter.Edge("sha256:" + "0".repeat(64), 0);
        assertThatThrownBy(() -> file(missing, "x")).hasMessageContaining("cannot read the build's definition");
        graph = new DefinitionWriter();
        var wrong = graph.files(List.of(), DefinitionWriter.copy(5, 9, 0, "/a", "/b"));
        assertThatThrownBy(() -> file(wrong, "x")).hasMessageContaining("no tree");
        graph = new DefinitionWriter();
        var outside =
                graph.files(List.of(graph.source(BASE)), DefinitionWriter.copy(-1, 0, 0, "/../../../etc/shadow", "/b"));
        assertThatThrownBy(() -> file(outside, "b")).isInstanceOf(GrpcException.class);
        graph = new DefinitionWriter();
        var nowhere = graph.source("ftp://x");
        assertThatThrownBy(() -> file(nowhere, "x")).hasMessageContaining("no source is known");
    }
}
