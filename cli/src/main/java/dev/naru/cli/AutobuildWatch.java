package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at repositories when their time has come or when it is told to, and builds what is new, one after the other. */
final class AutobuildWatch {
    private final Session session;
    private final AutobuildConfig config;
    private final AutobuildState state;
    private final AutobuildPrograms programs;
    private final boolean retry;
    /** What was asked for and not done yet; true to build again. */
    private final Map<AutobuildSource, Boolean> wishes = new LinkedHashMap<>();

    /** @param retry whether builds that failed are made again although nothing has changed */
    AutobuildWatch(
            Session session, AutobuildConfig config, AutobuildState state, AutobuildPrograms programs, boolean retry) {
        this.session = requireNonNull(session, "session");
        this.config = requireNonNull(config, "config");
        this.state = requireNonNull(state, "state");
        this.programs = requireNonNull(programs, "programs");
        this.retry = retry;
    }

    /** Asks for a look, which many askers share. */
    synchronized void look(AutobuildSource source, boolean again) {
        wishes.merge(source, again, Boolean::logicalOr);
        notifyAll();
    }

    /** Looks at all repositories; answers 1 when something failed. */
    int once() throws IOException, InterruptedException {
        boolean failed = false;
        for (AutobuildSource source : config.repositories()) {
            failed |= !build(source, false);
        }
        return failed ? 1 : 0;
    }

    void forever() throws IOException, InterruptedException {
        Map<AutobuildSource, Long> next = new HashMap<>();
        config.repositories().forEach(source -> next.put(source, System.nanoTime()));
        while (true) {
            for (Map.Entry<AutobuildSource, Boolean> wish : await(next).entrySet()) {
                build(wish.getKey(), wish.getValue());
                next.put(wish.getKey(), System.nanoTime() + wish.getKey().poll().toNanos());
            }
        }
    }

    /** Waits until something is to be looked at. */
    private synchronized Map<AutobuildSource, Boolean> await(Map<AutobuildSource, Long> next)
            throws InterruptedException {
        while (true) {
            long soonest = Duration.ofHours(1).toNanos();
            for (AutobuildSource source : config.repositories()) {
                long left = next.getOrDefault(source, 0L) - System.nanoTime();
                if (source.poll().isZero()) {
                    continue;
                }
                if (left <= 0) {
                    wishes.putIfAbsent(source, false);
                }
                soonest = Math.min(soonest, left);
            }
            if (!wishes.isEmpty()) {
                var taken = new LinkedHashMap<>(wishes);
                wishes.clear();
                return taken;
            }
            wait(Math.max(1, soonest / 1_000_000));
        }
    }

    /** Builds what is new of a repository; whether nothing failed. */
    private boolean build(AutobuildSource source, boolean again) throws IOException, InterruptedException {
        Map<String, String> references;
        try {
            references = AutobuildCheckout.references(source.source(), programs);
        } catch (CliException failure) {
            session.err().println(source.name() + ": " + failure.getMessage());
            return false;
        }
        boolean well = true;
        Set<String> done = new HashSet<>();
        for (AutobuildRule rule : source.rules()) {
            for (Map.Entry<String, String> each : references.entrySet()) {
                well &= build(source, rule, each.getKey(), each.getValue(), again, done);
            }
        }
        return well;
    }

    private boolean build(
            AutobuildSource source,
            AutobuildRule rule,
            String reference,
            String commit,
            boolean again,
            Set<String> done)
            throws IOException, InterruptedException {
        List<String> tags;
        try {
            tags = rule.tags(reference);
        } catch (CliException failure) {
            session.err().println(source.name() + ": " + failure.getMessage());
            return false;
        }
        boolean wanted = again || (rule.automatic() && !state.has(source.name(), reference, tags, commit, retry));
        if (tags.isEmpty() || !wanted || !done.add(reference + " " + tags)) {
            return true;
        }
        session.err().println(source.name() + ": building " + reference + " " + commit);
        AutobuildState.Built built =
                new AutobuildRun(session, state, programs, source, rule, reference, tags).run(commit);
        session.err().println(source.name() + ": " + built.result() + " (" + built.log() + ")");
        return !built.failed();
    }
}
