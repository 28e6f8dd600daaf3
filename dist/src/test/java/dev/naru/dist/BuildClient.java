package dev.naru.dist;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The programs that Docker's users build with, as they come from others: {@code docker-buildx}, {@code docker-compose}. */
final class BuildClient {
    private final Path program;
    private final EngineProcess engine;
    private final Path configuration;

    /** @param configuration a directory of its own */
    BuildClient(String name, EngineProcess engine, Path configuration) throws IOException {
        Optional<Path> found = places().map(place -> place.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), name + " is not installed");
        this.program = found.orElseThrow();
        Path plugins = Files.createDirectories(configuration.resolve("cli-plugins"));
        Path plugin = plugins.resolve("docker-buildx");
        if (!Files.exists(plugin)) {
            Files.createSymbolicLink(plugin, program.resolveSibling("docker-buildx"));
        }
        this.engine = engine;
        this.configuration = configuration;
    }

    private static Stream<Path> places() {
        String given = System.getenv("DOCKER_CONFIG");
        return Stream.concat(
                given == null ? Stream.of() : Stream.of(Path.of(given, "cli-plugins")),
                Stream.of(
                                "/usr/libexec/docker/cli-plugins",
                                "/usr/lib/docker/cli-plugins",
                                "target/clients/usr/libexec/docker/cli-plugins")
                        .map(place -> Path.of(place).toAbsolutePath()));
    }

    /** What it said, on both streams. */
    record Said(int code, String text) {}

    Process start(Path directory, Map<String, String> environment, Path output, String... words) throws IOException {
        var command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("DOCKER_HOST", engine.host());
        builder.environment().put("DOCKER_CONFIG", configuration.toString());
        builder.environment().put("BUILDKIT_PROGRESS", "plain");
        builder.environment().putAll(environment);
        return builder.start();
    }

    Said run(Path directory, Map<String, String> environment, String... words)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(configuration, "said", "");
        Process process = start(directory, environment, output, words);
        process.getOutputStream().close();
        if (!process.waitFor(90, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return new Said(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    /** Runs it; anything but exit code 0 is a failure. */
    String out(Path directory, String... words) throws IOException, InterruptedException {
        Said said = run(directory, Map.of(), words);
        if (said.code() != 0) {
            throw new AssertionError(program.getFileName() + " " + String.join(" ", words) + ": " + said);
        }
        return said.text();
    }
}
