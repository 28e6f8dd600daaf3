package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The engine is killed while containers run; none of them notices, and nothing is lost. */
final class EngineDeathIT {
    /** Nine bytes each: 1 GB is 111,111,111. */
    private static final int LINES = Integer.getInteger("naru.lines", 50_000_000 / 9);

    @Test
    void logsExitCodesAndPortsSurvive() throws Exception {
        try (EngineProcess engine = new EngineProcess()) {
            engine.out(
                    "run",
                    "-d",
                    "--name",
                    "lines",
                    "busybox",
                    "sh",
                    "-c",
                    "i=0; while [ $i -lt 100000 ]; do echo line $i; i=$((i+1)); done");
            engine.out("run", "-d", "--name", "seven", "busybox", "sh", "-c", "sleep 2; exit 7");
            engine.out(
                    "run",
                    "-d",
                    "--name",
                    "web",
                    "-p",
                    "127.0.0.1:0:80",
                    "-p",
                    "[::1]:0:80",
                    "busybox",
                    "sh",
                    "-c",
                    "echo ok >/index.html; exec httpd -f -p 80 -h /");
            engine.out("run", "-d", "--name", "again", "--restart", "always", "busybox", "sh", "-c", "sleep 1; exit 1");
            engine.out("run", "-dt", "--name", "terminal", "busybox", "sh");
            String[] ports = engine.out("port", "web", "80").split("\n", 2);
            int port = Integer.parseInt(ports[0].split(":", 2)[1]);
            // The kernel does not translate what comes to this address: a relay carries it.
            int relayed = Integer.parseInt(ports[1].substring(ports[1].lastIndexOf(':') + 1));
            try (var open = new Socket()) {
                open.connect(new InetSocketAddress(InetAddress.ofLiteral("::1"), relayed), 5000);
                engine.kill();
                Thread.sleep(2500);
                assertThat(page(port)).endsWith("ok\n");
                assertThat(page(open)).endsWith("ok\n");
            }
            assertThat(page("::1", relayed)).endsWith("ok\n");
            engine.start();
            assertThat(page("::1", relayed)).endsWith("ok\n");
            assertThat(engine.out("wait", "seven")).isEqualTo("7");
            engine.out("wait", "lines");
            String[] lines = engine.out("logs", "lines").split("\n");
            assertThat(lines).hasSize(100_000);
            for (int i = 0; i < lines.length; i++) {
                assertThat(lines[i]).isEqualTo("line " + i);
            }
            assertThat(engine.out("exec", "web", "echo", "x")).isEqualTo("x");
            assertThat(engine.out("exec", "terminal", "echo", "y")).isEqualTo("y");
            assertThat(page(port)).endsWith("ok\n");
            Thread.sleep(2000);
            assertThat(Integer.parseInt(engine.out("inspect", "-f", "{{.RestartCount}}", "again")))
                    .isPositive();
        }
    }

    @Test
    void relayedTransfersArriveWholeThroughDeathAndReturn() throws Exception {
        try (EngineProcess engine = new EngineProcess()) {
            engine.out(
                    "run",
                    "-d",
                    "--name",
                    "counts",
                    "-p",
                    "[::1]:0:80",
                    "busybox",
                    "nc",
                    "-ll",
                    "-p",
                    "80",
                    "-e",
                    "seq",
                    "-w",
                    "1",
                    Integer.toString(LINES));
            String at = engine.out("port", "counts", "80");
            var address =
                    new InetSocketAddress(InetAddress.ofLiteral("::1"), Integer.parseInt(at.replaceAll(".*:", "")));
            try (var client = new Socket()) {
                client.connect(address, 5000);
                var lines = new CountedLines(client.getInputStream(), LINES);
                lines.read(LINES / 3);
                engine.kill();
                lines.read(LINES / 3);
                engine.start();
                lines.readToEnd();
            }
        }
    }

    @Test
    void killsAtRandomMomentsLeaveNothing() throws Exception {
        var random = new Random(20261121);
        try (EngineProcess engine = new EngineProcess()) {
            for (int round = 0; round < 12; round++) {
                Thread work = Thread.ofPlatform().start(() -> {
                    try {
                        for (int i = 0; i < 4; i++) {
                            engine.naru("run", "--rm", "busybox", "true");
                        }
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                Thread.sleep(random.nextInt(900));
                engine.kill();
                work.join();
                engine.start();
            }
            for (String id : engine.out("ps", "-aq").split("\n", -1)) {
                if (!id.isEmpty()) {
                    engine.out("rm", "-f", id);
                }
            }
            EngineProcess.Outcome check = engine.naru("system", "check");
            assertThat(check.out()).isEqualTo("clean\n");
        }
    }

    private static String page(int port) throws IOException {
        return page("127.0.0.1", port);
    }

    private static String page(String address, int port) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), 5000);
            return page(socket);
        }
    }

    private static String page(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
