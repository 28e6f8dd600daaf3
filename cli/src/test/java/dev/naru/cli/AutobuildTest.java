package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules, hooks, state and messages of automated builds, with real repositories. */
class AutobuildTest {
    @TempDir
    Path directory;

    private static AutobuildRule rule(String type, String source, String tag) {
        return new AutobuildRule(
                type.equals("branch"),
                AutobuildRule.pattern(source),
                List.of(tag.split(",")),
                "Dockerfile",
                "/",
                true,
                true);
    }

    @Test
    void rulesMakeTagsOfBranchesAndTags() {
        assertThat(rule("branch", "main", "latest").tags("refs/heads/main")).containsExactly("latest");
        assertThat(rule("branch", "main", "latest").tags("refs/heads/main2")).isEmpty();
        assertThat(rule("branch", "main", "latest").tags("refs/tags/main")).isEmpty();
        assertThat(rule("tag", "/^v([0-9]+)\\.([0-9]+)$/", "{\\1}.{\\2},{\\1},{sourceref}")
                        .tags("refs/tags/v1.2"))
                .containsExactly("1.2", "1", "v1.2");
        assertThat(rule("branch", "/^feature/", "{sourceref}").tags("refs/heads/feature/x"))
                .containsExactly("feature-x");
        assertThatThrownBy(() -> rule("branch", "/.*/", "{sourceref}").tags("refs/heads/a@b"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("can't be the tag");
        assertThatThrownBy(() -> AutobuildRule.pattern("/(/")).isInstanceOf(CliException.class);
    }

    private Path config(String text) throws Exception {
        return Files.writeString(directory.resolve("autobuild.json"), text);
    }

    @Test
    void mistakesInTheConfigurationAreNamed() throws Exception {
        String rules = "\"rules\":[{\"source\":\"main\"}]";
        for (String[] each : new String[][] {
            {"{", "is not JSON"},
            {"{\"repositories\":[]}", "names no repositories"},
            {"{\"repositories\":[{\"source\":\"x\",\"image\":\"a\"}]}", "has no rules"},
            {"{\"repositories\":[{\"source\":\"-x\",\"image\":\"a\"," + rules + "}]}", "needs a source"},
            {"{\"repositories\":[{\"source\":\"x\",\"image\":\"A B\"," + rules + "}]}", "invalid reference format"},
            {
                "{\"repositories\":[{\"source\":\"x\",\"image\":\"a\",\"pol\":\"1\"," + rules + "}]}",
                "unknown field \"pol\""
            },
            {
                "{\"repositories\":[{\"source\":\"x\",\"image\":\"a\",\"poll\":\"often\"," + rules + "}]}",
                "must be a time"
            }
        }) {
            Path file = config(each[0]);
            assertThatThrownBy(() -> AutobuildConfig.read(file)).hasMessageContaining(each[1]);
        }
    }

    private static void git(Path where, String... words) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"));
        command.addAll(List.of(words));
        new AutobuildPrograms().run(where, Map.of(), System.out, command);
    }

    private Path repository() throws Exception {
        Path repository = Files.createDirectories(directory.resolve("repository"));
        git(repository, "init", "-q");
        Path hooks = Files.createDirectories(repository.resolve("hooks"));
        for (String name : List.of("post_checkout", "build", "push")) {
            Path hook = Files.writeString(
                    hooks.resolve(name),
                    "#!/bin/sh\necho " + name + " $IMAGE_NAME $SOURCE_BRANCH $COMMIT_MSG $OWN >> \"$TARGET\"\n");
            assertThat(hook.toFile().setExecutable(true)).isTrue();
        }
        Files.writeString(repository.resolve("Dockerfile"), "FROM scratch\n");
        git(repository, "add", "-A");
        git(repository, "commit", "-q", "-m", "first");
        git(repository, "tag", "-a", "-m", "of its own", "v1");
        return repository;
    }

    private String repositoryConfig(Path repository, boolean hooks) {
        return "{\"source\":\"" + repository + "\",\"image\":\"made/app\",\"hooks\":" + hooks
                + ",\"secret\":\"s\",\"trigger\":\"t\",\"links\":[\"base\"],\"env\":{\"OWN\":\"own\",\"TARGET\":\""
                + directory.resolve("said") + "\"},\"rules\":[{\"source\":\"main\",\"tag\":\"latest\"},"
                + "{\"type\":\"tag\",\"source\":\"/^v(.*)/\",\"tag\":\"{\\\\1}\"}]}";
    }

    private Shell.Outcome run(String... more) {
        var words = new ArrayList<>(List.of(
                "autobuild",
                "-f",
                directory.resolve("autobuild.json").toString(),
                "--state",
                directory.resolve("state").toString()));
        words.addAll(List.of(more));
        return new Shell(directory, "-H", "unix://" + directory.resolve("nosuch")).run(words.toArray(String[]::new));
    }

    @Test
    void hooksReplaceStepsAndCommitsAreBuiltOnce() throws Exception {
        Path repository = repository();
        config("{\"repositories\":[" + repositoryConfig(repository, true) + "]}");
        Shell.Outcome outcome = run("--once");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(Files.readAllLines(directory.resolve("said")))
                .containsExactly(
                        "post_checkout made/app:latest main first own",
                        "build made/app:latest main first own",
                        "push made/app:latest main first own",
                        "post_checkout made/app:1 v1 first own",
                        "build made/app:1 v1 first own",
                        "push made/app:1 v1 first own");
        assertThat(run("--once").code()).isZero();
        assertThat(Files.readAllLines(directory.resolve("said"))).hasSize(6);
        git(repository, "commit", "-q", "--allow-empty", "-m", "second");
        assertThat(run("--once").code()).isZero();
        assertThat(Files.readAllLines(directory.resolve("said"))).hasSize(9);
        assertThat(run("--status").out()).contains("refs/heads/main", "refs/tags/v1", "pushed");
        try (var left = Files.list(directory.resolve("state/work"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void hooksThatAreNotAllowedFailTheBuildAndCanBeRetried() throws Exception {
        Path repository = repository();
        config("{\"repositories\":[" + repositoryConfig(repository, false) + "]}");
        Shell.Outcome outcome = run("--once");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("failed: the repository has hooks/post_checkout, which may not run");
        assertThat(directory.resolve("said")).doesNotExist();
        config("{\"repositories\":[" + repositoryConfig(repository, true) + "]}");
        assertThat(run("--once").err()).doesNotContain("building");
        assertThat(run("--once", "--retry").code()).isZero();
        assertThat(Files.readAllLines(directory.resolve("said"))).hasSize(6);
    }

    @Test
    void pathsOutsideOfTheRepositoryAreRefused() throws Exception {
        Path repository = repository();
        Files.createSymbolicLink(repository.resolve("out"), Path.of("/etc"));
        git(repository, "add", "-A");
        git(repository, "commit", "-q", "-m", "link");
        config("{\"repositories\":[{\"source\":\"" + repository
                + "\",\"image\":\"a\",\"rules\":[{\"source\":\"main\",\"context\":\"out\",\"dockerfile\":\"passwd\"},"
                + "{\"source\":\"main\",\"tag\":\"up\",\"context\":\"../..\"}]}]}");
        Shell.Outcome outcome = run("--once");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("has no directory \"out\"", "has no directory \"../..\"");
    }

    @Test
    void unreachableRepositoryIsToldAndFails() throws Exception {
        config("{\"repositories\":[" + repositoryConfig(directory.resolve("none"), true) + "]}");
        Shell.Outcome outcome = run("--once");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("app: git failed");
    }

    @Test
    void oneProcessOwnsTheState() throws Exception {
        config("{\"repositories\":[" + repositoryConfig(directory.resolve("none"), true) + "]}");
        try (AutobuildState held = AutobuildState.open(directory.resolve("state"))) {
            assertThat(held.all()).isEmpty();
            assertThatThrownBy(() -> AutobuildState.open(directory.resolve("state")))
                    .isInstanceOf(CliException.class)
                    .hasMessageContaining("another process");
        }
    }

    @Test
    void messagesAreBelievedOnlyWithTheirSecrets() throws Exception {
        config("{\"events\":\"e\",\"repositories\":[" + repositoryConfig(directory.resolve("none"), true) + "]}");
        AutobuildConfig config = AutobuildConfig.read(directory.resolve("autobuild.json"));
        List<String> wishes = new ArrayList<>();
        try (AutobuildState state = AutobuildState.open(directory.resolve("state"));
                var server = new dev.naru.http.HttpServer(
                        new AutobuildServer(config, state, (source, again) -> wishes.add(source.name() + again)),
                        dev.naru.http.Limits.DEFAULT)) {
            var address = (dev.naru.http.ListenAddress.Tcp)
                    server.listen(dev.naru.http.ListenAddress.parse("tcp://127.0.0.1:0", null, null));
            String base = "http://127.0.0.1:" + address.port();
            String signed = "sha256=" + AutobuildServer.signature("s", "{}".getBytes(StandardCharsets.UTF_8));
            assertThat(post(base + "/hooks/app", "{}")).isEqualTo(403);
            assertThat(post(base + "/hooks/app", "{}", "X-Hub-Signature-256", "sha256=00"))
                    .isEqualTo(403);
            assertThat(post(base + "/hooks/app", "{ }", "X-Hub-Signature-256", signed))
                    .isEqualTo(403);
            assertThat(post(base + "/hooks/other", "{}", "X-Hub-Signature-256", signed))
                    .isEqualTo(404);
            assertThat(post(base + "/triggers/x", "")).isEqualTo(403);
            assertThat(post(base + "/triggers/", "")).isEqualTo(403);
            assertThat(post(base + "/events", "{}")).isEqualTo(403);
            assertThat(post(base + "/events", "{", "Authorization", "Bearer e")).isEqualTo(400);
            assertThat(post(base + "/hooks/app", "x".repeat((1 << 20) + 1), "X-Gitlab-Token", "s"))
                    .isEqualTo(413);
            assertThat(wishes).isEmpty();
            assertThat(post(base + "/hooks/app", "{}", "X-Hub-Signature-256", signed))
                    .isEqualTo(202);
            assertThat(post(base + "/hooks/app", "{}", "X-Gitlab-Token", "s")).isEqualTo(202);
            assertThat(post(base + "/triggers/t", "")).isEqualTo(202);
            String event = "{\"events\":[{\"action\":\"pull\",\"target\":{\"repository\":\"base\"}},"
                    + "{\"action\":\"push\",\"target\":{\"repository\":\"REPOSITORY\"}}]}";
            assertThat(post(base + "/events", event.replace("REPOSITORY", "other"), "Authorization", "Bearer e"))
                    .isEqualTo(202);
            assertThat(wishes).containsExactly("appfalse", "appfalse", "apptrue");
            assertThat(post(base + "/events", event.replace("REPOSITORY", "base"), "Authorization", "Bearer e"))
                    .isEqualTo(202);
            assertThat(post(base + "/events?token=x", event.replace("REPOSITORY", "base")))
                    .isEqualTo(403);
            assertThat(post(base + "/events?token=e", event.replace("REPOSITORY", "base")))
                    .isEqualTo(202);
            assertThat(wishes).hasSize(5);
        }
    }

    private static int post(String address, String body, String... headers) throws Exception {
        try (var client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build()) {
            var request = HttpRequest.newBuilder(URI.create(address)).POST(HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
