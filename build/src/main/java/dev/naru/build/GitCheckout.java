package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A commit of a git repository, fetched with the host's git in an environment that knows nothing of the host's user: no
 * configuration, no prompts, no hooks, no protocols that run programs.
 */
final class GitCheckout {
    private final Path dataRoot;
    private final Source.Git source;

    GitCheckout(Path dataRoot, Source.Git source) {
        this.dataRoot = dataRoot;
        this.source = source;
    }

    ContextTree files(SourceFiles files) throws InterruptedException {
        if (source.remote().startsWith("-") || source.ref().startsWith("-")) {
            throw NaruException.invalid("invalid git repository \"" + source.remote() + "\"");
        }
        Path parent = dataRoot.resolve("build");
        try {
            Path directory = Files.createTempDirectory(parent, "git-");
            try {
                checkOut(directory);
                Path named = directory.resolve(source.directory()).normalize();
                Path root = Files.exists(named) ? named.toRealPath() : named;
                if (!root.startsWith(directory.toRealPath()) || !Files.isDirectory(root)) {
                    throw NaruException.invalid("\"" + source.directory() + "\" is no directory of " + source.remote());
                }
                if (!source.keepGitDirectory()) {
                    remove(root, ".git");
                }
                return files.take(root);
            } finally {
                remove(parent, String.valueOf(directory.getFileName()));
            }
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot check out " + source.remote(), failure);
        }
    }

    private static void remove(Path parent, String name) {
        try (var calls = new FileCalls();
                var directory = Descriptor.open(parent.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            FileTree.remove(calls, directory.number(), FileCalls.bytes(name));
        }
    }

    /** Servers that only hand out files have all of a history or nothing. */
    private void fetchLast(Path directory, String ref) throws InterruptedException {
        try {
            git(directory, "fetch", "-q", "--depth=1", source.remote(), ref);
        } catch (NaruException refused) {
            if (!String.valueOf(refused.getMessage()).contains("does not support shallow")) {
                throw refused;
            }
            git(directory, "fetch", "-q", source.remote(), ref);
        }
    }

    private void checkOut(Path directory) throws IOException, InterruptedException {
        git(directory, "init", "-q");
        String ref = source.ref().isEmpty() ? "HEAD" : source.ref();
        if (source.checksum() == null) {
            fetchLast(directory, ref);
        } else {
            git(directory, "fetch", "-q", source.remote(), ref);
        }
        git(directory, "checkout", "-q", "--detach", "FETCH_HEAD");
        String commit = git(directory, "rev-parse", "HEAD").strip();
        String wanted = source.checksum();
        if (wanted != null && !commit.startsWith(wanted)) {
            throw NaruException.invalid(
                    "expected checksum to match " + wanted + ", got " + commit + " of " + source.remote());
        }
        if (source.submodules() && Files.exists(directory.resolve(".gitmodules"))) {
            git(directory, "submodule", "update", "-q", "--init", "--recursive", "--depth=1");
        }
        // Times of a checkout are those of the machine; a commit's is the same everywhere.
        long time = Long.parseLong(git(directory, "log", "-1", "--format=%ct").strip());
        try (var paths = Files.walk(directory)) {
            for (Path each : paths.filter(path -> !Files.isSymbolicLink(path)).toList()) {
                Files.setLastModifiedTime(
                        each, java.nio.file.attribute.FileTime.from(java.time.Instant.ofEpochSecond(time)));
            }
        }
    }

    private String git(Path directory, String... arguments) throws InterruptedException {
        var command = new ArrayList<>(List.of(
                "git",
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "core.symlinks=true",
                "-c",
                "protocol.allow=never",
                "-c",
                "protocol.http.allow=always",
                "-c",
                "protocol.https.allow=always",
                "-c",
                "protocol.git.allow=always",
                "-c",
                "protocol.ssh.allow=always"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        environment.clear();
        environment.put("PATH", path);
        environment.put("HOME", directory.toString());
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
        environment.put("GIT_TERMINAL_PROMPT", "0");
        environment.put("GIT_LFS_SKIP_SMUDGE", "1");
        return output(builder);
    }

    private String output(ProcessBuilder builder) throws InterruptedException {
        Process process;
        try {
            process = builder.start();
        } catch (IOException absent) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot fetch " + source.remote(),
                    "the host has no git",
                    "install git, or send the files as a context",
                    absent);
        }
        try (InputStream in = process.getInputStream()) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new NaruException(ErrorKind.INVALID, "cannot fetch " + source.remote(), text.strip(), null, null);
            }
            return text;
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot fetch " + source.remote(), failure);
        } finally {
            process.destroyForcibly();
        }
    }
}
