package dev.naru.cli;

import java.io.IOException;
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
                throw new CliException("cannot lend the keys of --ssh to the build: ssh-add has refused them");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CliException("the build was interrupted");
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
