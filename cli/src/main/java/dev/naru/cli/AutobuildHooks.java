package dev.naru.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A repository's own programs in {@code hooks/} beside the Dockerfile: {@code pre_STEP} and {@code post_STEP} run around
 * a step, {@code STEP} runs in its place. They run on this host as this process's user, so they must be allowed.
 */
record AutobuildHooks(Path directory, boolean allowed, AutobuildPrograms programs, PrintStream log) {
    /** A step of a build. */
    interface Step {
        void run() throws IOException, InterruptedException;
    }

    void around(String name, Map<String, String> environment, Step step) throws IOException, InterruptedException {
        hook("pre_" + name, environment);
        if (!hook(name, environment)) {
            step.run();
        }
        hook("post_" + name, environment);
    }

    /** Runs a hook; whether there is one. */
    private boolean hook(String name, Map<String, String> environment) throws IOException, InterruptedException {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            return false;
        }
        if (!allowed) {
            throw new CliException("the repository has hooks/" + name
                    + ", which may not run on this host: set hooks to true where the repository is trusted");
        }
        if (!Files.isExecutable(file)) {
            throw new CliException("hooks/" + name + " is not executable");
        }
        log.println("hooks/" + name);
        Path beside = java.util.Objects.requireNonNull(directory.getParent());
        programs.run(beside, environment, log, List.of(file.toString()));
        return true;
    }
}
