package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcChannel;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.Metadata;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Containers that a client's own frontend talks with, as debuggers of builds do. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class GatewayContainersIT {
    private static final String BRIDGE = "/moby.buildkit.v1.frontend.LLBBridge/";
    private static final String BUILD = "gateway-containers";

    @AutoClose
    private static EngineProcess engine;

    private static SocketChannel socket;
    private static GrpcChannel channel;
    private static CompletableFuture<ProtoFields> build;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
        socket = SocketChannel.open(UnixDomainSocketAddress.of(engine.host().replace("unix://", "")));
        channel = new GrpcChannel(Channels.newInputStream(socket), Channels.newOutputStream(socket), socket);
        Thread.ofPlatform().daemon().start(channel::run);
        build = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                build.complete(call("/moby.buildkit.v1.Control/Solve", new ProtoWriter().text(1, BUILD)));
            } catch (Exception failure) {
                build.completeExceptionally(failure);
            }
        });
    }

    /** The build ends with all that it had. */
    @AfterAll
    static void end() throws Exception {
        call(BRIDGE + "Return", new ProtoWriter().message(1, new ProtoWriter()));
        build.get();
        assertThat(HostProcesses.withCommand("sleep 43217").left()).isEmpty();
        socket.close();
        assertThat(engine.out("system", "df", "-v")).doesNotContain("left by failed");
    }

    private static ProtoFields call(String path, ProtoWriter request) throws Exception {
        try (GrpcCall call = channel.open(path, new Metadata().add("buildkit-controlapi-buildid", BUILD))) {
            call.send(request);
            call.end();
            return call.request();
        }
    }

    private static ProtoWriter definition(List<byte[]> operations) {
        var definition = new ProtoWriter();
        operations.forEach(each -> definition.element(1, each));
        return definition.element(
                1, new ProtoWriter().message(1, edge(operations.getLast())).toBytes());
    }

    private static ProtoWriter edge(byte[] operation) {
        return new ProtoWriter().text(1, Digest.of(operation).toString());
    }

    private static byte[] busybox() {
        return new ProtoWriter()
                .message(3, new ProtoWriter().text(1, "docker-image://docker.io/library/busybox:latest"))
                .toBytes();
    }

    private static byte[] run(byte[] root, String command) {
        var meta = new ProtoWriter().texts(1, List.of("/bin/sh", "-c", command)).text(3, "/");
        return new ProtoWriter()
                .message(1, edge(root))
                .message(2, new ProtoWriter().message(1, meta).message(2, new ProtoWriter().text(3, "/")))
                .toBytes();
    }

    private static ProtoWriter solve(List<byte[]> operations) {
        return new ProtoWriter().message(1, definition(operations)).truth(14, true);
    }

    private static void container(String id, String tree) throws Exception {
        call(
                BRIDGE + "NewContainer",
                new ProtoWriter()
                        .text(1, id)
                        .message(2, new ProtoWriter().text(3, "/").text(23, tree)));
    }

    private static String tree() throws Exception {
        return call(BRIDGE + "Solve", solve(List.of(busybox())))
                .message(3)
                .message(3)
                .text(1);
    }

    /** A call with processes. */
    private static final class Talk implements AutoCloseable {
        private final GrpcCall call =
                channel.open(BRIDGE + "ExecProcess", new Metadata().add("buildkit-controlapi-buildid", BUILD));
        private final Map<String, StringBuilder> said = new java.util.HashMap<>();

        Talk() throws IOException, InterruptedException {}

        void start(String container, String process, boolean terminal, String... command) throws Exception {
            var meta = new ProtoWriter()
                    .texts(1, List.of(command))
                    .texts(2, List.of("PATH=/bin", "NAME=" + process))
                    .text(3, "/tmp");
            send(
                    process,
                    2,
                    new ProtoWriter()
                            .text(1, container)
                            .message(2, meta)
                            .numbers(3, List.of(0, 1, 2))
                            .truth(4, terminal));
            while (!said(process).contains("started")) {
                hear();
            }
        }

        void send(String process, int field, ProtoWriter what) throws Exception {
            call.send(new ProtoWriter().text(1, process).message(field, what));
        }

        void input(String process, String text, boolean end) throws Exception {
            send(process, 3, new ProtoWriter().truth(2, end).bytes(3, text.getBytes(StandardCharsets.UTF_8)));
        }

        private String said(String process) {
            return said.computeIfAbsent(process, id -> new StringBuilder()).toString();
        }

        private void hear() throws Exception {
            ProtoFields message = ProtoFields.of(call.receive());
            StringBuilder to = said.computeIfAbsent(message.text(1), id -> new StringBuilder());
            if (message.has(3)) {
                ProtoFields file = message.message(3);
                to.append(file.truth(2) ? "" : file.integer(1) + ":")
                        .append(new String(file.bytes(3), StandardCharsets.UTF_8));
            }
            to.append(message.has(5) ? "started " : "")
                    .append(message.has(6) ? "exit " + message.message(6).integer(1) : "")
                    .append(message.has(7) ? " done" : "");
        }

        /** All that a process said, when it is done. */
        String end(String process) throws Exception {
            while (!said(process).endsWith(" done")) {
                hear();
            }
            return said(process);
        }

        void await(String process, String text) throws Exception {
            while (!said(process).contains(text)) {
                hear();
            }
        }

        @Override
        public void close() {
            call.close();
        }
    }

    @Test
    void processesShareAContainerAndAreToldApart() throws Exception {
        container("shared", tree());
        try (var talk = new Talk()) {
            talk.start("shared", "first", false, "cat");
            talk.start("shared", "second", false, "sh", "-c", "echo $NAME $PWD >/made; echo problem >&2; exit 3");
            assertThat(talk.end("second")).isEqualTo("started 2:problem\nexit 3 done");
            talk.start("shared", "third", false, "cat", "/made");
            assertThat(talk.end("third")).contains("1:second /tmp\n").endsWith("exit 0 done");
            talk.start("shared", "none", false, "nothing-of-this-name");
            assertThat(talk.end("none")).endsWith("exit 127 done");
            talk.input("first", "given", false);
            talk.input("first", "", true);
            assertThat(talk.end("first")).isEqualTo("started 1:givenexit 0 done");
            // The first one's end was the container's.
            talk.start("shared", "late", false, "true");
            assertThat(talk.end("late")).endsWith("exit 255 done");
        }
        call(BRIDGE + "ReleaseContainer", new ProtoWriter().text(1, "shared"));
    }

    @Test
    void terminalsAreResizedAndSignalsSent() throws Exception {
        container("terminal", tree());
        try (var talk = new Talk()) {
            talk.start(
                    "terminal", "shell", true, "sh", "-c", "read x; stty size; trap 'exit 9' HUP; echo ready; read y");
            talk.send("shell", 4, new ProtoWriter().number(1, 33).number(2, 77));
            talk.input("shell", "\n", false);
            talk.await("shell", "ready");
            assertThat(talk.said("shell")).contains("33 77");
            talk.send("shell", 8, new ProtoWriter().text(1, "SIGHUP"));
            assertThat(talk.end("shell")).endsWith("exit 9 done");
        }
    }

    @Test
    @Timeout(120)
    void inputThatNobodyReadsHoldsUpNothing() throws Exception {
        container("deaf", tree());
        try (var talk = new Talk()) {
            String deaf = "exec <&-; trap 'exit 4' TERM; echo closed; while :; do sleep 0.1; done";
            talk.start("deaf", "deaf", false, "sh", "-c", deaf);
            talk.await("deaf", "closed");
            for (int i = 0; i < 500; i++) {
                talk.input("deaf", "unheard ".repeat(100), false);
            }
            talk.send("deaf", 8, new ProtoWriter().text(1, "SIGTERM"));
            assertThat(talk.end("deaf")).endsWith("exit 4 done");
        }
    }

    @Test
    void whatAFailedStepHasLeftIsSeen() throws Exception {
        byte[] failing = run(busybox(), "echo halfway >/left; exit 5");
        var left = new ArrayList<String>();
        try {
            call(BRIDGE + "Solve", solve(List.of(busybox(), failing)));
        } catch (GrpcException failure) {
            failure.details().forEach(each -> left.add(new String(each.value(), StandardCharsets.UTF_8)));
        }
        var tree = Pattern.compile("\"mountIDs\":\\[\"([^\"]+)\"\\]").matcher(String.join("", left));
        assertThat(tree.find()).as(left.toString()).isTrue();
        container("failed", tree.group(1));
        try (var talk = new Talk()) {
            talk.start("failed", "look", false, "cat", "/left");
            assertThat(talk.end("look")).contains("1:halfway\n");
        }
    }

    @Test
    void filesOfAContainerAreReadBeforeItRunsAndWhileItDoes() throws Exception {
        container("files", tree());
        assertThat(names("/bin", "bus*")).containsExactly("busybox");
        assertThat(status("/bin/sh").text(1)).isEqualTo("busybox");
        assertThatThrownBy(() -> read("/made", 0, 0)).hasMessageContaining("open /made: no such file or directory");
        assertThatThrownBy(() -> read("/bin", 0, 0)).hasMessageContaining("it is not a regular file");
        try (var talk = new Talk()) {
            talk.start("files", "first", false, "cat");
            String script = "echo written >/made; ln -s ../../../../../made /tmp/up; ln -s /proc/1/root /tmp/out;"
                    + " mkfifo /tmp/pipe";
            talk.start("files", "second", false, "sh", "-c", script);
            talk.end("second");
            assertThat(read("/made", 0, 0)).isEqualTo("written\n");
            assertThat(read("tmp/up", 2, 3)).isEqualTo("itt");
            assertThat(read("/proc/1/comm", 0, 0)).isEqualTo("cat\n");
            assertThat(names("/tmp", "")).containsExactly("out", "pipe", "up");
            assertThatThrownBy(() -> read("/tmp/pipe", 0, 0)).hasMessageContaining("it is not a regular file");
            // Not the kernel's link, but what it says: the root of the container.
            assertThat(names("/proc/1/root", "")).isEqualTo(names("/", "")).contains("made");
            talk.input("first", "", true);
            talk.end("first");
        }
        assertThat(read("/made", 0, 0)).isEqualTo("written\n");
        call(BRIDGE + "ReleaseContainer", new ProtoWriter().text(1, "files"));
        assertThatThrownBy(() -> read("/made", 0, 0)).hasMessageContaining("container files not found");
    }

    private static String read(String path, int offset, int length) throws Exception {
        var range = new ProtoWriter().number(1, offset).number(2, length);
        var request = new ProtoWriter().text(1, "files").text(2, path).message(3, range);
        return new String(call(BRIDGE + "ReadFileContainer", request).bytes(1), StandardCharsets.UTF_8);
    }

    private static List<String> names(String path, String pattern) throws Exception {
        var request = new ProtoWriter().text(1, "files").text(2, path).text(3, pattern);
        return call(BRIDGE + "ReadDirContainer", request).messages(1).stream()
                .map(each -> each.text(1))
                .toList();
    }

    private static ProtoFields status(String path) throws Exception {
        return call(
                        BRIDGE + "StatFileContainer",
                        new ProtoWriter().text(1, "files").text(2, path))
                .message(1);
    }

    @Test
    void processesEndWithTheirCallOrTheirBuild() throws Exception {
        container("long", tree());
        try (var talk = new Talk()) {
            talk.start("long", "sleeps", false, "sleep", "12347");
        }
        assertThat(HostProcesses.withCommand("sleep 12347").left()).isEmpty();
        container("longer", tree());
        new Talk().start("longer", "sleeps", false, "sleep", "43217");
    }
}
