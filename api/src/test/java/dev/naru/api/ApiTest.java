package dev.naru.api;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.http.Headers;
import dev.naru.http.HttpConnection;
import dev.naru.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statuses, headers and bodies as dockerd 28.5 has them, looked up there. */
class ApiTest {
    private ApiFixture api;

    @BeforeEach
    void open() throws IOException {
        api = new ApiFixture();
    }

    @AfterEach
    void close() throws IOException {
        api.close();
    }

    @Test
    void saysWhoItIsOnEachCall() throws IOException {
        Headers headers = api.get("/_ping").headers();
        assertThat(headers.get("Api-Version")).isEqualTo("1.51");
        assertThat(headers.get("Docker-Experimental")).isEqualTo("false");
        assertThat(headers.get("Ostype")).isEqualTo("linux");
        assertThat(headers.get("Server")).isEqualTo("Naru/test (linux)");
        assertThat(headers.get("Swarm")).isEqualTo("inactive");
        assertThat(headers.get("Cache-Control")).contains("no-cache");
        assertThat(api.get("/_ping").text()).isEqualTo("200 OK");
        assertThat(api.send("HEAD", "/v1.24/_ping", new Headers(), "").text()).isEqualTo("200 ");
        assertThat(api.get("/containers/nope/json").headers().get("Api-Version"))
                .isEqualTo("1.51");
    }

    @Test
    void speaksTheVersionsFrom24To51() throws IOException {
        assertThat(api.get("/v1.24/containers/json").status()).isEqualTo(200);
        assertThat(api.get("/v1.51/containers/json").status()).isEqualTo(200);
        assertThat(api.get("/v1.99/info").text())
                .isEqualTo(
                        "400 {\"message\":\"client version 1.99 is too new. Maximum supported API version is 1.51\"}");
        assertThat(api.get("/v1.12/info").text())
                .isEqualTo("400 client version 1.12 is too old. Minimum supported API version is 1.24,"
                        + " please upgrade your client to a newer version");
    }

    @Test
    void knowsNoOtherPages() throws IOException {
        String notFound = "404 {\"message\":\"page not found\"}";
        for (String path :
                List.of("/", "/nothing", "/v1.51/nothing", "/v1.abc/info", "/containers", "/images/a/b/no")) {
            assertThat(api.get(path).text()).as(path).isEqualTo(notFound);
        }
        assertThat(api.post("/_ping", "").text()).isEqualTo(notFound);
        assertThat(api.send("OPTIONS", "/anything", new Headers(), "").status()).isEqualTo(200);
    }

    @Test
    void saysWhatIsWrongWithABody() throws IOException {
        assertThat(api.post("/containers/create", "{").body()).contains("invalid JSON: unexpected EOF");
        assertThat(api.post("/containers/create", "").body())
                .contains("invalid JSON: got EOF while reading request body");
        assertThat(api.post("/containers/create", "{} {}").text())
                .isEqualTo("400 {\"message\":\"unexpected content after JSON\"}");
        assertThat(api.post("/containers/create", "{}").body())
                .contains("config cannot be empty in order to create a container");
        assertThat(api.post("/containers/create", "[]").text()).startsWith("400 {\"message\":\"invalid JSON: ");
        assertThat(api.post("/containers/create", "{\"HostConfig\":5}").text())
                .startsWith("400 {\"message\":\"invalid JSON: ");
        assertThat(api.post("/containers/create", "[".repeat(5000)).text()).startsWith("400 ");
        assertThat(api.send("POST", "/containers/create", new Headers().add("Content-Type", "text/plain"), "{}")
                        .text())
                .isEqualTo("400 {\"message\":\"unsupported Content-Type header (text/plain): must be"
                        + " 'application/json'\"}");
    }

    @Test
    void findsFieldsWhateverTheCaseOfTheirLetters() throws IOException {
        assertThat(api.post(
                                "/containers/create?name=low",
                                "{\"image\":\"x\",\"CMD\":[\"a\"],\"hostconfig\":{\"memory\":7,\"cpushares\":5000000000}}")
                        .status())
                .isEqualTo(201);
        var request = api.engine.echoes().get("low").request;
        assertThat(request.cmd()).containsExactly("a");
        assertThat(requireNonNull(request.hostConfig()).memory()).isEqualTo(7);
        assertThat(requireNonNull(request.hostConfig()).cpuShares()).isEqualTo(5_000_000_000L);
    }

    @Test
    void saysInGosWordsWhatIsWrongWithJson() throws IOException {
        var words = java.util.Map.of(
                "{x}", "invalid character 'x' looking for beginning of object key string",
                "{\"Image\":}", "invalid character '}' looking for beginning of value",
                "{\"Image\" 5}", "invalid character '5' after object key",
                "{\"Image\":5}", "json: cannot unmarshal number into Go struct field .Image of type string",
                "{\"Env\":\"a\"}", "json: cannot unmarshal string into Go struct field .Env of type []string",
                "{\"Tty\":\"yes\"}", "json: cannot unmarshal string into Go struct field .Tty of type bool",
                "{\"HostConfig\":{\"Memory\":\"1\"}}",
                        "json: cannot unmarshal string into Go struct field .HostConfig.Memory of type int64",
                "{\"HostConfig\":{\"Memory\":1.5}}",
                        "json: cannot unmarshal number 1.5 into Go struct field .HostConfig.Memory of type int64",
                "[]", "json: cannot unmarshal array into Go value of type container.CreateRequest",
                "{\"Image\":", "unexpected EOF");
        for (var each : words.entrySet()) {
            assertThat(message(api.post("/containers/create", each.getKey())))
                    .isEqualTo("400 invalid JSON: " + each.getValue());
        }
        assertThat(api.post("/containers/create", "null").body()).contains("config cannot be empty");
    }

    private static String message(ApiFixture.Reply reply) {
        var error = (java.util.Map<?, ?>) requireNonNull(Json.read(reply.body()));
        return reply.status() + " " + error.get("message");
    }

    @Test
    void tellsClientsToComeAgainWithACleanPath() throws IOException {
        var reply = api.get("/v1.51//containers/json?all=1");
        assertThat(reply.status()).isEqualTo(301);
        assertThat(reply.headers().get("Location")).isEqualTo("/v1.51/containers/json?all=1");
        assertThat(api.get("/nothing").headers().get("Api-Version")).isNull();
    }

    @Test
    void refusesWhatOnlyExperimentalOrOldEnginesTake() throws IOException {
        api.post("/containers/create?name=c", "{\"Image\":\"x\"}");
        assertThat(api.get("/containers/c/checkpoints").text())
                .startsWith("501 {\"message\":\"This experimental feature is disabled by default.");
        assertThat(api.post("/containers/c/start?checkpoint=a", "").text())
                .isEqualTo("400 {\"message\":\"checkpoint is only supported in experimental mode\"}");
        assertThat(api.post("/containers/c/start", "{\"Binds\":[\"/a:/b\"]}").body())
                .contains("non-empty request body was deprecated");
    }

    @Test
    void prunesNoneOfItsOwnNetworks() throws IOException {
        assertThat(api.post("/networks/prune", "").text()).isEqualTo("200 {\"NetworksDeleted\":null}");
    }

    @Test
    void showsOlderClientsTheFieldsThatTheyRead() throws IOException {
        assertThat(api.get("/v1.43/images/x/json").body())
                .contains("\"VirtualSize\"")
                .contains("\"ContainerConfig\"");
        assertThat(api.get("/v1.51/images/x/json").body()).doesNotContain("\"VirtualSize\"");
        assertThat(api.get("/v1.41/system/df?type=image").body()).contains("\"Containers\":");
    }

    @Test
    void refusesAGigabyteOfJsonWithoutHoldingIt() throws IOException {
        var zeros = new InputStream() {
            private long left = 1L << 30;

            @Override
            public int read() {
                return left-- > 0 ? ' ' : -1;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                int count = (int) Math.min(left, length);
                java.util.Arrays.fill(bytes, offset, offset + count, (byte) ' ');
                left -= count;
                return count == 0 ? -1 : count;
            }
        };
        try (HttpConnection connection = api.connect()) {
            Headers headers = new Headers().add("Content-Type", "application/json");
            assertThat(connection
                            .send("POST", "/containers/create", headers, zeros)
                            .status())
                    .isEqualTo(400);
        }
    }

    @Test
    void acceptsCommandsAsOneText() throws IOException {
        assertThat(api.post("/containers/create?name=one", "{\"Image\":\"x\",\"Cmd\":\"true\",\"Entrypoint\":[\"a\"]}")
                        .status())
                .isEqualTo(201);
        assertThat(api.engine.echoes().get("one").request.cmd()).containsExactly("true");
        assertThat(api.engine.echoes().get("one").request.entrypoint()).containsExactly("a");
    }

    @Test
    void createsAsOlderClientsMeantIt() throws IOException {
        api.post("/v1.24/containers/create?name=old", "{\"Image\":\"x\"}");
        var host = api.engine.echoes().get("old").request.hostConfig();
        requireNonNull(host);
        assertThat(host.ipcMode()).isEqualTo("shareable");
        assertThat(host.cgroupnsMode()).isEqualTo("host");
    }

    @Test
    void readsFiltersInBothForms() throws IOException {
        api.get("/containers/json?filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D");
        assertThat(requireNonNull(api.engine.echoes().listed).get("label")).containsExactly("a=b");
        api.get("/containers/json?filters=%7B%22name%22%3A%7B%22x%22%3Atrue%2C%22y%22%3Afalse%7D%7D");
        assertThat(requireNonNull(api.engine.echoes().listed).get("name")).containsExactly("x");
        assertThat(api.get("/containers/json?filters=x").text()).isEqualTo("400 {\"message\":\"invalid filter\"}");
        assertThat(api.get("/containers/json?filters=%7B%22foo%22%3A%5B%22x%22%5D%7D")
                        .text())
                .isEqualTo("400 {\"message\":\"invalid filter 'foo'\"}");
    }

    @Test
    void refusesParametersThatMakeNoSense() throws IOException {
        api.post("/containers/create?name=c", "{\"Image\":\"x\"}");
        assertThat(api.get("/containers/json?limit=abc").text())
                .isEqualTo("500 {\"message\":\"strconv.Atoi: parsing \\\"abc\\\": invalid syntax\"}");
        assertThat(api.post("/containers/c/resize?h=abc", "").body()).contains("invalid resize height");
        assertThat(api.post("/containers/c/wait?condition=abc", "").text())
                .isEqualTo("400 {\"message\":\"invalid condition: \\\"abc\\\"\"}");
        assertThat(api.post("/containers/c/rename", "").body()).contains("Neither old nor new names may be empty");
        assertThat(api.post("/containers/c/exec", "{}").text())
                .isEqualTo("400 {\"message\":\"No exec command specified\"}");
        assertThat(api.get("/containers/c/logs").text())
                .isEqualTo("400 {\"message\":\"Bad parameters: you must choose at least one stream\"}");
        assertThat(api.get("/containers/c/stats?stream=1&one-shot=1").body())
                .contains("cannot have stream=true and one-shot=true");
        assertThat(api.get("/events?since=abc").status()).isEqualTo(500);
        assertThat(api.get("/events?since=20&until=10").body()).contains("cannot be after `until` time");
        assertThat(api.get("/system/df?type=foo").text()).isEqualTo("400 {\"message\":\"unknown object type: foo\"}");
        assertThat(api.get("/containers/c/archive").status()).isEqualTo(400);
    }

    @Test
    void answersErrorsWithTheirStatus() throws IOException {
        api.post("/containers/create?name=c", "{\"Image\":\"x\",\"Cmd\":[\"nosuch\"]}");
        api.post("/containers/create?name=d", "{\"Image\":\"x\"}");
        assertThat(api.get("/containers/nope/json").text()).isEqualTo("404 {\"message\":\"No such container: nope\"}");
        assertThat(api.post("/containers/c/start", "").text())
                .isEqualTo("400 {\"message\":\"exec: \\\"nosuch\\\": executable file not found in $PATH\"}");
        assertThat(api.post("/containers/d/start", "").status()).isEqualTo(204);
        assertThat(api.post("/containers/d/start", "").text()).isEqualTo("304 ");
        assertThat(api.post("/containers/d/pause", "").status()).isEqualTo(500);
        assertThat(api.get("/nodes").text()).startsWith("503 {\"message\":\"This node is not a swarm manager. Use");
        assertThat(api.post("/swarm/leave", "").text())
                .isEqualTo("503 {\"message\":\"This node is not part of a swarm\"}");
        assertThat(api.get("/plugins").text()).isEqualTo("200 []");
        assertThat(api.get("/plugins/a/b/json").body()).contains("plugin \\\"a/b\\\" not found");
        assertThat(api.post("/build?version=2", "").status()).isEqualTo(501);
    }

    @Test
    void findsImagesWithSlashesInTheirNames() throws IOException {
        assertThat(api.get("/images/host%3A5000/a/b/json").body()).contains("\"Id\":\"host:5000/a/b\"");
        assertThat(api.send("DELETE", "/images/host:5000/a/b", new Headers(), "")
                        .body())
                .contains("host:5000/a/b");
        assertThat(api.get("/images/a/b:1/get").body()).isEqualTo("a/b:1");
        assertThat(api.get("/images/get?names=a&names=b/c").body()).isEqualTo("a b/c");
    }

    @Test
    void sendsTheHeadOfAWaitBeforeTheExit() throws IOException {
        api.post("/containers/create?name=c", "{\"Image\":\"x\"}");
        try (HttpConnection connection = api.connect()) {
            Response response = connection.send("POST", "/containers/c/wait", new Headers(), new byte[0]);
            assertThat(response.status()).isEqualTo(200);
            api.engine.echoes().get("c").exited.countDown();
            assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"StatusCode\":7}\n");
            assertThat(response.reusable()).isTrue();
        }
    }

    @Test
    void stopsWhatItStreamsWhenTheClientLeaves() throws Exception {
        api.post("/containers/create?name=c", "{\"Image\":\"x\"}");
        for (String path : List.of("/events", "/containers/c/logs?stdout=1&follow=1")) {
            try (HttpConnection connection = api.connect()) {
                Response response = connection.send("GET", path, new Headers(), new byte[0]);
                assertThat(response.body().read()).isPositive();
            }
        }
        assertThat(api.engine.eventsLeft.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(api.engine.echoes().followLeft.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void namesTheFormatOfAStream() throws IOException {
        api.post("/containers/create?name=c", "{\"Image\":\"x\"}");
        api.post("/containers/create?name=t", "{\"Image\":\"x\",\"Tty\":true}");
        assertThat(api.get("/v1.42/containers/c/logs?stdout=1").headers().get("Content-Type"))
                .isEqualTo("application/vnd.docker.multiplexed-stream");
        assertThat(api.get("/v1.41/containers/c/logs?stdout=1").headers().get("Content-Type"))
                .isEqualTo("application/vnd.docker.raw-stream");
        assertThat(api.get("/v1.42/containers/t/logs?stdout=1").headers().get("Content-Type"))
                .isEqualTo("application/vnd.docker.raw-stream");
    }

    @Test
    void tellsOnTheStreamThatAnExecCannotRun() throws IOException {
        api.post("/containers/create?name=c", "{\"Image\":\"x\"}");
        String id =
                api.post("/containers/c/exec", "{\"Cmd\":[\"nosuch\"]}").body().substring(7, 71);
        var reply = api.post("/exec/" + id + "/start", "{}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).startsWith("\1\0\0\0\0\0\0").endsWith("executable file not found in $PATH\r\n");
    }

    @Test
    void tellsWhatAPathIsInAHeader() throws IOException {
        api.post("/containers/create?name=c", "{\"Image\":\"x\"}");
        Headers headers = api.send("HEAD", "/containers/c/archive?path=/etc/passwd", new Headers(), "")
                .headers();
        String json = new String(
                java.util.Base64.getDecoder().decode(headers.get("X-Docker-Container-Path-Stat", "")),
                StandardCharsets.UTF_8);
        assertThat(json)
                .isEqualTo("{\"name\":\"passwd\",\"size\":30,\"mode\":420,\"mtime\":\"1970-01-01T00:00:00Z\","
                        + "\"linkTarget\":\"\"}");
    }

    @Test
    void showsWhatAnImageDoesNotSayAsNull() throws IOException {
        assertThat(api.get("/v1.51/images/configured/json").body())
                .contains("\"Entrypoint\":null", "\"Labels\":null", "\"OnBuild\":null", "\"Volumes\":null")
                .contains("\"Cmd\":[\"sh\"]");
    }

    @Test
    void refusesFiltersThatNoEventHasBeforeItAnswers() throws IOException {
        assertThat(api.get("/v1.51/events?until=1&filters=%7B%22bogus%22%3A%5B%22x%22%5D%7D")
                        .text())
                .isEqualTo("400 {\"message\":\"invalid filter 'bogus'\"}");
    }

    @Test
    void tellsOfABadArchiveInTheStream() throws IOException {
        assertThat(api.send("POST", "/v1.51/images/load", new Headers(), "").text())
                .startsWith("200 {")
                .contains("\"errorDetail\":{\"message\":\"no image archive\"}");
    }

    @Test
    void importsWhatAnAddressAnswers() throws IOException {
        try (var web = new ArchiveServer()) {
            assertThat(api.post("/v1.51/images/create?fromSrc=" + web.address() + "&repo=a", "")
                            .body())
                    .contains("Downloading from http://127.0.0.1:", "sha256:0");
            assertThat(api.post("/v1.51/images/create?fromSrc=" + web.address() + "x", "")
                            .text())
                    .startsWith("500 ")
                    .contains("Got HTTP status code >= 400: 404");
            assertThat(api.post("/v1.51/images/create?fromSrc=file%3A%2F%2F%2Fetc%2Fpasswd", "")
                            .text())
                    .startsWith("400 ");
        }
    }

    @Test
    void endsProgressWithTheErrorThatCameLate() throws IOException {
        var reply = api.send("POST", "/images/load", new Headers().add("Content-Type", "application/x-tar"), "xx");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body())
                .startsWith("{\"stream\":\"Loaded 2\\n\"}\n")
                .endsWith("{\"error\":\"unexpected EOF\",\"errorDetail\":{\"message\":\"unexpected EOF\"}}\n");
    }

    @Test
    void writesTheNullsThatDockerWrites() throws IOException {
        api.post("/containers/create?name=c", "{\"Image\":\"x\"}");
        String json = api.get("/containers/c/json").body();
        assertThat(json)
                .contains("\"HostConfig\":{\"")
                .contains("\"Binds\":null")
                .contains("\"Entrypoint\":null")
                .contains("\"ExecIDs\":null")
                .doesNotContain("\"Healthcheck\"");
        assertThat(Json.read(json)).isInstanceOf(java.util.Map.class);
    }
}
