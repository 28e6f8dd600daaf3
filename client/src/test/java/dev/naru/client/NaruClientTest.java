package dev.naru.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.http.Exchange;
import dev.naru.http.Hijacked;
import dev.naru.http.HttpServer;
import dev.naru.http.Limits;
import dev.naru.http.ListenAddress;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.ExecCreateRequestBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NaruClientTest {
    @TempDir
    private Path directory;

    /** Method, path, query and body of each request. */
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private HttpServer server;
    private NaruClient client;
    private volatile String version = "1.47";

    @BeforeEach
    void open() {
        server = new HttpServer(this::answer, Limits.DEFAULT);
        server.listen(new ListenAddress.Unix(directory.resolve("s"), null));
        client = NaruClient.connect("unix://" + directory.resolve("s"));
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private void answer(Exchange exchange) throws IOException {
        var request = exchange.request();
        String body = request.upgrades() ? "" : new String(request.body().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(
                request.method() + " " + request.path() + " " + request.query().values() + " " + body);
        exchange.headers().set("Api-Version", version).set("Content-Type", "application/json");
        String word = request.path().substring(request.path().lastIndexOf('/') + 1);
        switch (word) {
            case "_ping" -> json(exchange, 200, "");
            case "create" -> json(exchange, 201, "{\"Id\":\"abc\",\"Warnings\":[]}");
            case "start" -> exchange.send(304, new byte[0]);
            case "missing" -> json(exchange, 404, "{\"message\":\"No such container: missing\"}");
            case "exec" -> json(exchange, 201, "{\"Id\":\"e1\"}");
            case "attach" -> attach(exchange);
            case "load" -> json(exchange, 200, "{\"stream\":\"a\"}\n{\"stream\":\"b\"}\n");
            case "archive" -> {
                exchange.headers()
                        .set(
                                "X-Docker-Container-Path-Stat",
                                "eyJuYW1lIjoieCIsInNpemUiOjMwLCJtb2RlIjoyMTQ3NDg0MDk2fQ==");
                json(exchange, 200, "");
            }
            case "plain" -> {
                exchange.headers().set("Content-Type", "text/plain");
                json(exchange, 500, "out of order");
            }
            default -> json(exchange, 200, "[]");
        }
    }

    private static void json(Exchange exchange, int status, String text) throws IOException {
        exchange.send(status, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void attach(Exchange exchange) throws IOException {
        Hijacked connection = exchange.hijack();
        byte[] input = connection.input().readAllBytes();
        OutputStream output = connection.output();
        output.write(new byte[] {1, 0, 0, 0, 0, 0, 0, (byte) input.length});
        output.write(input);
        output.write(new byte[] {2, 0, 0, 0, 0, 0, 0, 1, 'e'});
    }

    @Test
    void speaksTheOlderOfBothVersions() {
        assertThat(client.apiVersion()).isEqualTo("1.47");
        client.containers().list(true);
        assertThat(requests).last().isEqualTo("GET /v1.47/containers/json {all=[1]} ");
        version = "1.99";
        try (NaruClient other = NaruClient.connect("unix://" + directory.resolve("s"))) {
            assertThat(other.apiVersion()).isEqualTo("1.51");
        }
    }

    @Test
    void sendsRecordsAndFilters() {
        var request = ContainerCreateRequestBuilder.builder()
                .image("x")
                .cmd(List.of("a b"))
                .build();
        assertThat(client.containers().create("n&m", null, request).id()).isEqualTo("abc");
        assertThat(requests)
                .last()
                .isEqualTo("POST /v1.47/containers/create {name=[n&m]} {\"Cmd\":[\"a b\"],\"Image\":\"x\"}");
        client.containers().list(false, 0, false, Map.of("label", List.of("a=b")));
        assertThat(requests).last().isEqualTo("GET /v1.47/containers/json {filters=[{\"label\":[\"a=b\"]}]} ");
    }

    @Test
    void tellsWhetherSomethingChanged() {
        assertThat(client.containers().start("x", null)).isFalse();
    }

    @Test
    void throwsTheEnginesOwnWords() {
        assertThatThrownBy(() -> client.containers().remove("missing", true, false, false))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.status()).isEqualTo(404))
                .hasMessage("No such container: missing");
        assertThatThrownBy(() -> client.call("GET", Target.of("plain"), null)).hasMessage("out of order");
        assertThatThrownBy(() ->
                        NaruClient.connect("unix:///nowhere/s").containers().list(true))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("Cannot connect to the engine");
        assertThatThrownBy(() -> NaruClient.connect("ftp://x")).isInstanceOf(ApiException.class);
    }

    @Test
    void endsItsInputAndReadsBothOutputs() throws IOException {
        String exec =
                client.execs().create("c", ExecCreateRequestBuilder.builder().build());
        assertThat(exec).isEqualTo("e1");
        var stdout = new ByteArrayOutputStream();
        var stderr = new ByteArrayOutputStream();
        try (Hijacked session = client.containers().attach("c", AttachOptions.live(true))) {
            session.output().write("hello".getBytes(StandardCharsets.UTF_8));
            session.output().close();
            Frames.copy(session.input(), stdout, stderr);
        }
        assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("hello");
        assertThat(stderr.toString(StandardCharsets.UTF_8)).isEqualTo("e");
    }

    @Test
    void sendsStreamsAndReadsProgressLineByLine() {
        var lines = new ArrayList<String>();
        client.images()
                .load(new ByteArrayInputStream(new byte[3]), true, line -> lines.add(String.valueOf(line.stream())));
        assertThat(lines).containsExactly("a", "b");
        assertThat(requests).last().isEqualTo("POST /v1.47/images/load {quiet=[1]} \0\0\0");
    }

    @Test
    void readsWhatAPathIs() {
        PathStat stat = client.containers().statPath("c", "/x");
        assertThat(stat.name()).isEqualTo("x");
        assertThat(stat.size()).isEqualTo(30);
        assertThat(stat.mode()).isEqualTo(1L << 31 | 0700);
    }

    @Test
    void usesItsConnectionsAgainAndAgain() {
        for (int round = 0; round < 20; round++) {
            client.containers().list(true);
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void findsAnEngineThatWasRestarted() {
        client.containers().list(true);
        server.close();
        server = new HttpServer(this::answer, Limits.DEFAULT);
        server.listen(new ListenAddress.Unix(directory.resolve("s"), null));
        assertThat(client.containers().list(true)).isEmpty();
    }
}
