package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another program, with our jars on its class path and nothing else, has an engine in it. */
class EmbeddingTest {
    private static final String BRIDGE = "nem" + ProcessHandle.current().pid();
    private static final List<String> FOR_TESTS = List.of(
            "/test-classes", "junit", "assertj", "opentest4j", "apiguardian", "byte-buddy", "surefire", "archunit");
    private static final String PROGRAM = """
            import dev.naru.engine.*;
            import dev.naru.wire.*;
            import java.io.*;
            import java.nio.file.*;
            import java.util.*;

            public class Program {
                public static void main(String[] arguments) throws Exception {
                    Path directory = Path.of(arguments[0]);
                    try (Engine engine = Engine.open(
                            EngineConfig.builder(directory.resolve("data")).bridge(arguments[1]).build())) {
                        if (arguments[2].equals("first")) {
                            first(engine, directory);
                        } else {
                            second(engine);
                        }
                    }
                    for (Thread thread : Thread.getAllStackTraces().keySet()) {
                        if (!thread.isDaemon() && thread != Thread.currentThread()
                                && !thread.getName().equals("DestroyJavaVM")) {
                            System.out.println("thread " + thread.getName());
                        }
                    }
                    System.out.println("children " + ProcessHandle.current().children().count());
                }

                static void first(Engine engine, Path directory) throws Exception {
                    try (InputStream tar = Files.newInputStream(directory.resolve("root.tar"))) {
                        engine.images().importRootfs(
                                tar, new ImageService.ImportRequest("app", "latest", null, List.of(), null));
                    }
                    String id = create(engine, null, "sh", "-c", "exit 5");
                    try (var waiter = engine.containers().waiter(id, "next-exit")) {
                        engine.containers().start(id, null);
                        System.out.println("exit " + waiter.await().exitCode());
                    }
                    engine.containers().remove(id, false, true, false);
                    String stays = create(engine, "stays", "sleep", "1000");
                    engine.containers().start(stays, null);
                    exec(engine, 6);
                }

                static void second(Engine engine) throws Exception {
                    System.out.println("running "
                            + engine.containers().inspect("stays", false).state().running());
                    exec(engine, 7);
                    engine.containers().remove("stays", true, true, false);
                }

                static String create(Engine engine, String name, String... command) {
                    return engine.containers().create(name, null, ContainerCreateRequestBuilder.builder()
                            .image("app").cmd(List.of(command)).build()).id();
                }

                static void exec(Engine engine, int code) throws Exception {
                    String exec = engine.execs().create("stays", ExecCreateRequestBuilder.builder()
                            .cmd(List.of("sh", "-c", "exit " + code)).build());
                    engine.execs().startDetached(exec);
                    while (engine.execs().inspect(exec).exitCode() == null) {
                        Thread.sleep(5);
                    }
                    System.out.println("exec " + engine.execs().inspect(exec).exitCode());
                }
            }
            """;

    @TempDir
    Path directory;

    @AfterEach
    void removeBridge() {
        TestBridge.remove(BRIDGE);
    }

    @Test
    void anotherProgramRunsContainersAndTheNextOneFindsThem() throws Exception {
        Files.write(directory.resolve("root.tar"), BusyboxImage.tar());
        Files.writeString(directory.resolve("Program.java"), PROGRAM);
        assertThat(run("first")).containsExactly("exit 5", "exec 6", "children 0");
        assertThat(run("second")).containsExactly("running true", "exec 7", "children 0");
    }

    private List<String> run(String part) throws IOException, InterruptedException {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath(),
                        directory.resolve("Program.java").toString(),
                        directory.toString(),
                        BRIDGE,
                        part)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!java.waitFor(60, TimeUnit.SECONDS)) {
            java.destroyForcibly();
            throw new AssertionError("the program does not end after " + said);
        }
        assertThat(java.exitValue()).as(said).isZero();
        return said.lines().toList();
    }

    /** What a program gets that depends on {@code naru-engine}. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1))
                .filter(entry -> FOR_TESTS.stream().noneMatch(entry::contains))
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }
}
