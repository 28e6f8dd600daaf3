package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.ProtoFields;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Builds a plan's targets at the same time; those that stand on others begin when those are known. */
final class BakeRun {
    private final Session session;
    private final BuildDisplay display;
    private final boolean raw;
    private final BakePlan plan;
    private final FileTime changed;
    private final Map<String, Arguments> arguments = new LinkedHashMap<>();
    private final Map<String, Result> results = new HashMap<>();

    /** A target's definition, when it is there, and how many still need its client. */
    private static final class Result implements BuildRun.Dependents {
        private final CountDownLatch known = new CountDownLatch(1);
        private final CountDownLatch users;
        private volatile @Nullable ProtoFields definition;

        Result(int users) {
            this.users = new CountDownLatch(users);
        }

        @Override
        public void solved(ProtoFields result) {
            definition = result;
            known.countDown();
        }

        @Override
        public void await() throws InterruptedException {
            users.await();
        }
    }

    /**
     * Prepares.
     *
     * @param changed when the bake files were
     * @param command whose options a target's are
     */
    BakeRun(Session session, BuildDisplay display, boolean raw, BakePlan plan, FileTime changed, Command command) {
        this.changed = requireNonNull(changed, "changed");
        this.session = requireNonNull(session, "session");
        this.display = requireNonNull(display, "display");
        this.raw = raw;
        this.plan = requireNonNull(plan, "plan");
        Map<String, Integer> users = new HashMap<>();
        plan.targets().forEach((name, target) -> {
            arguments.put(
                    name,
                    Arguments.parse(command, BakeWords.of(target, plan.asked().contains(name))));
            BakePlan.links(target).values().forEach(each -> users.merge(each, 1, Integer::sum));
        });
        plan.targets().keySet().forEach(name -> results.put(name, new Result(users.getOrDefault(name, 0))));
    }

    Arguments arguments(String target) {
        return requireNonNull(arguments.get(target));
    }

    /** What the engine answers for each target. */
    Map<String, Map<String, String>> run() throws IOException {
        session.engine();
        Map<String, Map<String, String>> answers = new TreeMap<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        var completion = new ExecutorCompletionService<Map.Entry<String, Map<String, String>>>(threads);
        try {
            plan.targets().keySet().forEach(name -> completion.submit(() -> Map.entry(name, build(name))));
            for (int i = 0; i < plan.targets().size(); i++) {
                var done = completion.take().get();
                answers.put(done.getKey(), done.getValue());
            }
            return answers;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IOException(String.valueOf(failure.getCause()), failure);
        } finally {
            // What others stand on ends when it is interrupted, and its connection with it.
            threads.shutdownNow();
            threads.close();
        }
    }

    private Map<String, String> build(String name) throws IOException, InterruptedException {
        BakeTarget target = requireNonNull(plan.targets().get(name));
        Map<String, String> links = BakePlan.links(target);
        List<Result> taken = new ArrayList<>();
        String inline = target.text(BakeTarget.Attribute.DOCKERFILE_INLINE);
        var file = inline.isEmpty() ? null : new BuildRequest.Inline(inline, changed);
        try (var request = new BuildRequest(session, arguments(name), file)) {
            for (Map.Entry<String, String> link : links.entrySet()) {
                Result result = requireNonNull(results.get(link.getValue()));
                taken.add(result);
                result.known.await();
                request.link(link.getKey(), requireNonNull(result.definition));
            }
            Result own = requireNonNull(results.get(name));
            return new BuildRun(session, display, name, raw).run(request, own.users.getCount() == 0 ? null : own);
        } finally {
            taken.forEach(each -> each.users.countDown());
        }
    }
}
