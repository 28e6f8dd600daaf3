package dev.naru.build;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An instruction with its flags read, its variables not yet replaced. */
sealed interface Instruction {
    Statement at();

    record From(
            Statement at,
            String image,
            @Nullable String stage,
            @Nullable String platform,
            String as) implements Instruction {}

    record Run(
            Statement at,
            CommandLine command,
            List<MountFlag> mounts,
            @Nullable String network,
            @Nullable String security,
            List<Execution.Device> devices)
            implements Instruction {}

    record Cmd(Statement at, CommandLine command) implements Instruction {}

    record Entrypoint(Statement at, CommandLine command) implements Instruction {}

    record Label(Statement at, List<Pair> pairs, boolean legacy) implements Instruction {}

    record Env(Statement at, List<Pair> pairs, boolean legacy) implements Instruction {}

    record Expose(Statement at, List<String> ports) implements Instruction {}

    /**
     * ADD.
     *
     * @param unpack null to unpack what is a local archive
     */
    record Add(
            Statement at,
            Transfer transfer,
            @Nullable String checksum,
            @Nullable Boolean keepGitDirectory,
            @Nullable Boolean unpack)
            implements Instruction {}

    record Copy(Statement at, Transfer transfer, @Nullable String from, boolean parents) implements Instruction {}

    record Volume(Statement at, List<String> paths) implements Instruction {}

    record User(Statement at, String user) implements Instruction {}

    record Workdir(Statement at, String path) implements Instruction {}

    record Arg(Statement at, List<Definition> definitions) implements Instruction {}

    record OnBuild(Statement at, String trigger) implements Instruction {}

    record StopSignal(Statement at, String signal) implements Instruction {}

    /**
     * HEALTHCHECK; durations in nanoseconds, 0 when not given.
     *
     * @param test null for NONE
     */
    record Healthcheck(
            Statement at,
            @Nullable CommandLine test,
            long interval,
            long timeout,
            long startPeriod,
            long startInterval,
            int retries)
            implements Instruction {}

    record Shell(Statement at, List<String> shell) implements Instruction {}

    record Maintainer(Statement at, String name) implements Instruction {}

    /** Quotes are part of both still. */
    record Pair(String key, String value) {}

    /**
     * One variable of ARG.
     *
     * @param value the default, null for none
     */
    record Definition(String name, @Nullable String value) {}

    /** What ADD and COPY have in common. */
    record Transfer(
            List<String> sources,
            List<Heredoc> heredocs,
            String destination,
            @Nullable String owner,
            @Nullable String mode,
            boolean link,
            List<String> exclude) {
        public Transfer {
            sources = List.copyOf(sources);
            heredocs = List.copyOf(heredocs);
            exclude = List.copyOf(exclude);
        }
    }
}
