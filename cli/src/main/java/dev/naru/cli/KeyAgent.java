package dev.naru.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An agent that holds a few keys for one build: OpenSSH's own, which knows all kinds of keys and asks for their passphrases
 * where its user sees it. It ends with the build.
 */
final class KeyAgent implements AutoCloseable {
    private static final int PATIENCE = 500;

    private final Path directory;
    private final Process agent;

    private KeyAgent(Path directory, Process agent) {
        this.directory = directory;
        this.agent = agent;
    }

    /** Starts one with these keys. */
    static KeyAgent with(List<Path> keys) {
        try {
            Path directory = Files.createTempDirectory(
                    "naru-agent", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Process process = new ProcessBuilder(
                            "ssh-agent", "-D", "-a", directory.resolve("s").toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var agent = new KeyAgent(directory, process);
            boolean filled = false;
            try {
                agent.add(keys);
                filled = true;
            } finally {
                if (!filled) {
                    agent.close();
                }
            }
            return agent;
        } catch (IOException missing) {
            throw new CliException("--ssh names keys, and no ssh-agent can be started to hold them ("
                    + missing.getMessage() + "): install openssh-client");
        }
    }

    private void add(List<Path> keys) throws IOException {
        try {
            for (int i = 0; i < PATIENCE && agent.isAlive() && !Files.exists(socket()); i++) {
                Thread.sleep(10);
            }
            List<String> command = new ArrayList<>(List.of("ssh-add", "-q"));
            keys.forEach(each -> command.add(each.toString()));
            var builder = new ProcessBuilder(command).inheritIO();
            builder.environment().put("SSH_AUTH_SOCK", socket().toString());
            if (builder.start().waitFor() != 0) {
                throw refused(keys);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CliException("the build was interrupted");
        }
    }

    private static CliException refused(List<Path> keys) throws IOException, InterruptedException {
        for (Path key : keys) {
            if (isProtected(key)) {
                return new CliException(
                        "cannot lend the key " + key + " to the build: it is protected by a passphrase, "
                                + (hasTerminal() ? "which was not given" : "and there is no terminal to ask for it")
                                + " — run ssh-add " + key + " before, and name no key with --ssh to lend your agent");
            }
        }
        return new CliException("cannot lend the keys of --ssh to the build: ssh-add has refused them");
    }

    /** Whether its public half can't be told without a passphrase. */
    private static boolean isProtected(Path key) throws IOException, InterruptedException {
        Process told = new ProcessBuilder("ssh-keygen", "-y", "-P", "", "-f", key.toString())
                .redirectErrorStream(true)
                .start();
        told.getOutputStream().close();
        String said = new String(told.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return told.waitFor() != 0 && said.contains("passphrase");
    }

    /** Whether a program that asks its user can reach one. */
    private static boolean hasTerminal() {
        try {
            Files.newInputStream(Path.of("/dev/tty")).close();
            return true;
        } catch (IOException none) {
            return false;
        }
    }

    Path socket() {
        return directory.resolve("s");
    }

    @Override
    public void close() {
        agent.destroy();
        try {
            if (!agent.waitFor(1, TimeUnit.SECONDS)) {
                agent.destroyForcibly();
            }
            Files.deleteIfExists(socket());
            Files.deleteIfExists(directory);
        } catch (InterruptedException stop) {
            agent.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException left) {
            System.getLogger("naru.cli").log(System.Logger.Level.DEBUG, "the directory of an agent", left);
        }
    }
}
