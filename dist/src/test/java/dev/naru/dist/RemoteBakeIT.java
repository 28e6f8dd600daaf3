package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bake files of repositories and addresses. */
final class RemoteBakeIT {
    @AutoClose
    private static EngineProcess engine;

    @TempDir
    private static Path home;

    private static HttpServer server;
    private static String address;

    @BeforeAll
    static void start() throws Exception {
        Path root = Files.createDirectories(home.resolve("repository"));
        Files.createDirectories(root.resolve("sub/lib"));
        Files.writeString(root.resolve("sub/docker-bake.hcl"), """
                target "default" {
                  contexts = { lib = "./lib" }
                  tags = ["baked:1"]
                }
                target "down" {
                  context = "lib"
                  dockerfile-inline = "FROM busybox\\nCOPY word /down\\n"
                  tags = ["baked:2"]
                }
                target "here" {
                  context = "cwd://../.."
                }
                """);
        Files.writeString(
                root.resolve("sub/Dockerfile"), "FROM busybox\nCOPY --from=lib word /word\nCOPY Dockerfile /file\n");
        Files.writeString(root.resolve("sub/lib/word"), "from git\n");
        git(root, "init", "-q", "-b", "main");
        git(root, "add", "-A");
        git(root, "commit", "-q", "-m", "first");
        git(root, "update-server-info");
        Files.writeString(home.resolve("alone.hcl"), """
                target "default" {
                  dockerfile-inline = "FROM busybox\\nRUN echo alone >/word\\n"
                  context = "https://nowhere.invalid/x.git"
                  tags = ["baked:3"]
                }
                """);
        // An archive may be larger than a file that a frontend may read.
        byte[] large = new byte[17 << 20];
        new Random(1).nextBytes(large);
        Files.write(root.resolve("sub/large"), large);
        command(
                root,
                "tar",
                "-C",
                root.resolve("sub").toString(),
                "-czf",
                home.resolve("all.tgz").toString(),
                ".");
        engine = new EngineProcess();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String asked = exchange.getRequestURI().getPath();
            Path file = asked.startsWith("/it.git")
                    ? root.resolve(asked.substring(1).replace("it.git", ".git"))
                    : home.resolve(asked.substring(1));
            boolean found = Files.isRegularFile(file);
            byte[] content = found ? Files.readAllBytes(file) : new byte[0];
            exchange.sendResponseHeaders(found ? 200 : 404, content.length == 0 ? -1 : content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        address = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    private static void git(Path where, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("git", "-c", "user.name=n", "-c", "user.email=e@invalid"));
        all.addAll(List.of(words));
        command(where, all.toArray(String[]::new));
    }

    private static void command(Path where, String... words) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(words)
                        .directory(where.toFile())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    private static EngineProcess.Outcome bake(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("bake", "--progress=plain"));
        all.addAll(List.of(words));
        return engine.run(new byte[0], all.toArray(String[]::new));
    }

    private static void baked(String image, String path, String content, String... words) throws Exception {
        EngineProcess.Outcome outcome = bake(words);
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(engine.out("run", "--rm", image, "cat", path)).isEqualTo(content);
        engine.out("rmi", image);
    }

    @Test
    void filesOfARepositoryAreBuiltWithWhatLiesBesideThem() throws Exception {
        baked("baked:1", "/word", "from git", address + "/it.git#main:sub");
        baked("baked:2", "/down", "from git", address + "/it.git?branch=main&subdir=sub", "down");
        assertThat(bake(address + "/it.git#main:sub", "--print", "default", "down")
                        .out())
                .contains("\"context\": \"" + address + "/it.git#main:sub/lib\"")
                .contains("\"lib\": \"" + address + "/it.git#main:sub/lib\"");
    }

    @Test
    void addressesOfAFileOrAnArchiveAreRead() throws Exception {
        baked("baked:3", "/word", "alone", address + "/alone.hcl", "--set=*.context=" + address + "/it.git#main:sub");
        baked(
                "baked:1",
                "/file",
                "FROM busybox\nCOPY --from=lib word /word\nCOPY Dockerfile /file",
                address + "/all.tgz",
                "--set=*.contexts.lib=" + address + "/it.git#main:sub/lib");
    }

    @Test
    void whatIsNotThereOrNotAllowedIsRefused() throws Exception {
        assertThat(bake(address + "/it.git#main").err()).contains("couldn't find a bake definition", "/it.git");
        assertThat(bake(address + "/it.git#main:sub", "-f", "none.hcl").err())
                .contains("failed to find none.hcl in " + address + "/it.git");
        assertThat(bake(address + "/it.git#missing").err()).contains("cannot read bake files of " + address);
        assertThat(bake(address + "/it.git#main:sub", "here").err()).contains("--allow fs.read=");
    }
}
