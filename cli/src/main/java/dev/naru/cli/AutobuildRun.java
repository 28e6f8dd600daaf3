package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** One automated build: checkout, build, test, push, each with the repository's hooks around it or in its place. */
final class AutobuildRun {
    private static final String TEST = "docker-compose.test.yml";

    private final Session session;
    private final AutobuildState state;
    private final AutobuildPrograms programs;
    private final AutobuildSource source;
    private final AutobuildRule rule;
    private final String reference;
    private final List<String> tags;

    AutobuildRun(
            Session session,
            AutobuildState state,
            AutobuildPrograms programs,
            AutobuildSource source,
            AutobuildRule rule,
            String reference,
            List<String> tags) {
        this.session = requireNonNull(session, "session");
        this.state = requireNonNull(state, "state");
        this.programs = requireNonNull(programs, "programs");
        this.source = requireNonNull(source, "source");
        this.rule = requireNonNull(rule, "rule");
        this.reference = requireNonNull(reference, "reference");
        this.tags = List.copyOf(tags);
    }

    /** Does it all; what goes wrong is the result, not an exception. */
    AutobuildState.Built run(String commit) throws IOException, InterruptedException {
        Path file = state.newLog(source.name());
        String result;
        try (var log = new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8)) {
            log.println("building " + source.source() + " " + reference + " " + commit + " as " + source.image() + ":"
                    + String.join(", ", tags));
            result = tried(log);
            log.println(result);
        }
        var built = new AutobuildState.Built(
                source.name(),
                reference,
                tags,
                commit,
                result,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                file.toString());
        state.record(built);
        return built;
    }

    private String tried(PrintStream log) throws InterruptedException {
        Path work = null;
        try {
            work = state.newWork();
            return steps(AutobuildCheckout.of(source, reference, work, programs, log), log);
        } catch (CliException | EngineRefusal | IOException failure) {
            String message = String.valueOf(failure.getMessage());
            log.println(message);
            return "failed: " + message.lines().findFirst().orElse("");
        } finally {
            remove(work, log);
        }
    }

    private static void remove(@org.jspecify.annotations.Nullable Path work, PrintStream log) {
        try {
            if (work != null) {
                AutobuildState.remove(work);
            }
        } catch (IOException e) {
            log.println("cannot remove the checkout: " + e.getMessage());
        }
    }

    private String steps(AutobuildCheckout checkout, PrintStream log) throws IOException, InterruptedException {
        Path context = checkout.inside(rule.context());
        Path dockerfile = checkout.inside(rule.context() + "/" + rule.dockerfile());
        var hooks = new AutobuildHooks(
                requireNonNull(dockerfile.getParent()).resolve("hooks"), source.hooks(), programs, log);
        Map<String, String> environment = environment(checkout);
        hooks.around("checkout", environment, () -> {});
        hooks.around("build", environment, () -> build(context, dockerfile, log));
        boolean tested = source.autotest();
        if (tested) {
            hooks.around("test", environment, () -> test(context, environment, log));
        }
        if (source.push()) {
            hooks.around("push", environment, () -> push(log));
            return "pushed";
        }
        return tested ? "tested" : "built";
    }

    private Map<String, String> environment(AutobuildCheckout checkout) {
        Map<String, String> all = new LinkedHashMap<>(source.environment(rule, reference, checkout, tags.getFirst()));
        all.put("DOCKER_TAGS", String.join(",", tags));
        if (session.choice().contextName().equals(ContextStore.DEFAULT)) {
            all.put("DOCKER_HOST", session.choice().host());
        }
        return all;
    }

    private List<String> names() {
        return tags.stream().map(tag -> source.image() + ":" + tag).toList();
    }

    private void build(Path context, Path dockerfile, PrintStream log) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("--progress", "plain", "--file", dockerfile.toString()));
        names().forEach(name -> words.addAll(List.of("--tag", name)));
        if (!rule.caching()) {
            words.add("--no-cache");
        }
        words.add(context.toString());
        command(new BuildCommand(), words, log);
    }

    private void push(PrintStream log) throws IOException, InterruptedException {
        for (String name : names()) {
            command(new PushCommand(), List.of(name), log);
        }
    }

    private void command(Command command, List<String> words, PrintStream log)
            throws IOException, InterruptedException {
        try (var own = new Session(session.choice(), session.config(), InputStream.nullInputStream(), log, log)) {
            int code = command.run(own, Arguments.parse(command, words));
            if (code != 0) {
                throw new CliException("naru " + command.name() + " ended with " + code);
            }
        }
    }

    /** The exit code of service {@code sut} decides; what the test made is removed. */
    private void test(Path context, Map<String, String> environment, PrintStream log)
            throws IOException, InterruptedException {
        if (!Files.exists(context.resolve(TEST))) {
            throw new CliException("the repository has no " + TEST + " beside the Dockerfile's context: add one with a"
                    + " service sut, or set autotest to false");
        }
        List<String> compose = new ArrayList<>(compose(context));
        String project =
                "autobuild" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        compose.addAll(List.of("-p", project, "-f", TEST));
        try {
            programs.run(
                    context,
                    environment,
                    log,
                    with(compose, "up", "--build", "--abort-on-container-exit", "--exit-code-from", "sut"));
        } finally {
            programs.code(context, environment, log, with(compose, "down", "--volumes", "--rmi", "local"));
        }
    }

    private List<String> compose(Path directory) throws IOException, InterruptedException {
        for (List<String> command : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
            try {
                programs.output(directory, with(command, "version"));
                return command;
            } catch (CliException absent) {
                continue;
            }
        }
        throw new CliException("the test needs Compose on this host: install docker-compose, or set autotest to false");
    }

    private static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }
}
