package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A commit becomes an image in a registry, and a push of its base makes it anew. */
final class AutobuildIT {
    @TempDir
    private static Path directory;

    private static EngineProcess engine;
    private static final List<Process> PROCESSES = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
    }

    @AfterAll
    static void stop() throws Exception {
        for (Process each : PROCESSES) {
            each.destroy();
            each.waitFor();
        }
        engine.close();
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    private static void naru(String log, String... words) throws IOException {
        var command = new ArrayList<>(List.of(EngineProcess.program().toString()));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(log).toFile());
        builder.environment().put("NARU_HOST", engine.host());
        PROCESSES.add(builder.start());
    }

    private static void git(Path where, String... words) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"));
        command.addAll(List.of(words));
        Process git = new ProcessBuilder(command)
                .directory(where.toFile())
                .inheritIO()
                .start();
        assertThat(git.waitFor()).isZero();
    }

    /** Waits until a condition holds; the builds' log when it never does. */
    private static void await(java.util.concurrent.Callable<Boolean> condition) throws Exception {
        for (int i = 0; i < 1200; i++) {
            if (condition.call()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError(Files.readString(directory.resolve("autobuild.log")));
    }

    private static int status(String address, String method) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException notThere) {
            return 0;
        }
    }

    private static long pushes() throws IOException {
        return Files.readString(directory.resolve("autobuild.log"))
                .lines()
                .filter(line -> line.contains(": pushed"))
                .count();
    }

    @Test
    void commitsAndBasesBecomeImages() throws Exception {
        int port = freePort();
        int messages = freePort();
        String registry = "127.0.0.1:" + port;
        Path repository = Files.createDirectory(directory.resolve("repository"));
        git(repository, "init", "-q");
        Files.writeString(repository.resolve("Dockerfile"), "FROM " + registry + "/base\nCOPY f /f\nRUN grep one /f\n");
        Files.writeString(repository.resolve("f"), "one\n");
        git(repository, "add", "-A");
        git(repository, "commit", "-q", "-m", "first");
        Path config = Files.writeString(
                directory.resolve("autobuild.json"),
                "{\"listen\":\"tcp://127.0.0.1:" + messages + "\",\"events\":\"e\",\"repositories\":[{\"source\":\""
                        + repository + "\",\"image\":\"" + registry
                        + "/team/app\",\"poll\":\"0\",\"links\":[\"base\"],\"rules\":[{\"source\":\"main\",\"tag\":\"latest\"},"
                        + "{\"type\":\"tag\",\"source\":\"/^v(.+)/\",\"tag\":\"{\\\\1}\"}]}]}");
        naru(
                "autobuild.log",
                "autobuild",
                "-f",
                config.toString(),
                "--state",
                directory.resolve("state").toString());
        naru(
                "registry.log",
                "registry",
                "serve",
                "--root",
                directory.resolve("registry").toString(),
                "--listen",
                "tcp://" + registry,
                "--webhook",
                "http://127.0.0.1:" + messages + "/events?token=e");
        await(() -> status("http://" + registry + "/v2/", "GET") == 200);
        engine.out("tag", "busybox", registry + "/base");
        engine.out("push", registry + "/base");
        String hook = "http://127.0.0.1:" + messages + "/hooks/app";
        await(() -> status(hook, "POST") == 202);
        await(() -> pushes() >= 1);
        assertThat(status("http://" + registry + "/v2/team/app/manifests/latest", "GET"))
                .isEqualTo(200);
        assertThat(engine.out("run", "--rm", "--pull", "always", registry + "/team/app", "cat", "/f"))
                .isEqualTo("one");

        git(repository, "tag", "v7");
        assertThat(status(hook, "POST")).isEqualTo(202);
        await(() -> status("http://" + registry + "/v2/team/app/manifests/7", "GET") == 200);

        Files.writeString(repository.resolve("f"), "two\n");
        git(repository, "commit", "-q", "-a", "-m", "breaks");
        assertThat(status(hook, "POST")).isEqualTo(202);
        await(() -> Files.readString(directory.resolve("autobuild.log")).contains("failed: "));
        assertThat(engine.out("run", "--rm", "--pull", "always", registry + "/team/app", "cat", "/f"))
                .isEqualTo("one");

        git(repository, "revert", "--no-edit", "HEAD");
        engine.out("run", "--name", "changed", "busybox", "touch", "/changed");
        engine.out("commit", "changed", registry + "/base");
        long before = pushes();
        engine.out("push", registry + "/base");
        await(() -> pushes() > before);
    }
}
