package dev.naru.engine;

import dev.naru.build.BuildMount;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildResult;
import dev.naru.build.BuildSession;
import dev.naru.build.ContextTree;
import dev.naru.build.Execution;
import dev.naru.build.FileAction;
import dev.naru.build.FileOperation;
import dev.naru.build.Operation;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.oci.ImageConfigBuilder;
import dev.naru.oci.ImageRunConfigBuilder;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.RootFs;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Graphs made by hand. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class GraphOf {
    static final long NEWEST = 1_600_000_000;

    private GraphOf() {}

    static Vertex image(String name) {
        return new Vertex(
                new Source.Image(name, Source.Pull.WHEN_MISSING), List.of(), null, Vertex.Label.of("FROM " + name));
    }

    static Vertex context() {
        return new Vertex(
                new Source.Local("context", List.of(), List.of(), List.of(), ""),
                List.of(),
                null,
                Vertex.Label.of("load context"));
    }

    static Vertex run(Vertex base, String script, BuildMount... more) {
        return run(base, script, false, List.of(), more);
    }

    static Vertex run(Vertex base, String script, boolean ignoreCache, List<Vertex> inputs, BuildMount... more) {
        var mounts = new ArrayList<BuildMount>();
        mounts.add(new BuildMount.Bind("/", 0, "", false, 0));
        mounts.addAll(List.of(more));
        var all = new ArrayList<Vertex.Input>();
        all.add(base.output());
        inputs.forEach(input -> all.add(input.output()));
        return new Vertex(
                new Execution(
                        List.of("/bin/sh", "-c", script),
                        List.of("PATH=/bin"),
                        "/",
                        "",
                        "",
                        Map.of(),
                        mounts,
                        Execution.Network.NONE,
                        Execution.Security.SANDBOX,
                        List.of(),
                        List.of(),
                        List.of(),
                        Execution.Resources.none(),
                        List.of()),
                all,
                null,
                new Vertex.Label("RUN " + script, null, ignoreCache, new Vertex.SourceRange("Dockerfile", 3, 3)));
    }

    static FileAction.Copy copyAction(int base, String source, String destination) {
        return new FileAction.Copy(
                base,
                1,
                0,
                source,
                destination,
                FileAction.Owner.unchanged(),
                null,
                -1,
                true,
                true,
                false,
                true,
                true,
                true,
                false,
                false,
                List.of(),
                List.of(),
                List.of());
    }

    static Vertex copy(Vertex base, Vertex from, String source, String destination) {
        return new Vertex(
                new FileOperation(List.of(copyAction(0, source, destination))),
                List.of(base.output(), from.output()),
                null,
                Vertex.Label.of("COPY " + source + " " + destination));
    }

    /** A copy whose layer has no base. */
    static Vertex linkCopy(Vertex base, Vertex from, String source, String destination) {
        var copied = new Vertex(
                new FileOperation(List.of(copyAction(Operation.NONE, source, destination))),
                List.of(base.output(), from.output()),
                null,
                Vertex.Label.of("COPY --link " + source + " " + destination));
        return new Vertex(
                new Operation.Merge(List.of(0, 1)),
                List.of(base.output(), copied.output()),
                null,
                Vertex.Label.of("LINK"));
    }

    static BuildResult result(Vertex last) {
        return new BuildResult(
                List.of(new BuildResult.PlatformResult(
                        PlatformMatch.host(),
                        last.output(),
                        ImageConfigBuilder.builder()
                                .architecture(PlatformMatch.host().architecture())
                                .os("linux")
                                .rootfs(new RootFs("layers", List.of()))
                                .config(ImageRunConfigBuilder.builder()
                                        .env(List.of("PATH=/bin"))
                                        .cmd(List.of("sh"))
                                        .build())
                                .build())),
                List.of(),
                Map.of());
    }

    /** A client with a context and secrets. */
    record Client(ContextTree context, Map<String, String> secrets) implements BuildSession {
        @Override
        public ContextTree local(Source.Local source, BuildProgress.Step step, BuildProgress progress) {
            return context;
        }

        @Override
        public Optional<byte[]> secret(String id) {
            return Optional.ofNullable(secrets.get(id)).map(text -> text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public long newest() {
            return NEWEST;
        }
    }

    /** Remembers what it hears. */
    static final class Heard implements BuildProgress {
        final List<String> done = new CopyOnWriteArrayList<>();
        final List<String> cached = new CopyOnWriteArrayList<>();
        final List<StepFailure> failures = new CopyOnWriteArrayList<>();
        final ByteArrayOutputStream output = new ByteArrayOutputStream();

        @Override
        public void completed(Step step, boolean fromCache, String result) {
            (fromCache ? cached : done).add(step.label().name());
        }

        @Override
        public void failed(Step step, StepFailure failure) {
            failures.add(failure);
        }

        @Override
        public synchronized void output(Step step, int stream, byte[] bytes) {
            output.writeBytes(bytes);
        }

        String text() {
            return output.toString(StandardCharsets.UTF_8);
        }
    }
}
