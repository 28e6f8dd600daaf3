package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildProgress;
import dev.naru.build.Execution;
import dev.naru.build.ResolvedImage;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.ProtoFields;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageRunConfig;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A frontend that is an image: it runs in a container as a step does, and asks over its standard streams. */
final class ImageFrontend {
    private static final String CAPABILITIES = "moby.buildkit.frontend.caps";
    private static final String NO_NETWORK = "moby.buildkit.frontend.network.none";

    private final Build build;
    private final Map<String, String> attributes;
    private final Map<String, ProtoFields> inputs;
    private final int depth;

    /** @param attributes what it is told, with its image as {@code source} */
    ImageFrontend(Build build, Map<String, String> attributes, Map<String, ProtoFields> inputs, int depth) {
        this.build = requireNonNull(build, "build");
        this.attributes = Map.copyOf(attributes);
        this.inputs = Map.copyOf(inputs);
        this.depth = depth;
    }

    Build.Outcome run() throws InterruptedException {
        String source = attributes.getOrDefault("source", "");
        if (source.isEmpty()) {
            throw NaruException.invalid("no source specified for gateway");
        }
        String name = Reference.parse(source).tagged().toString();
        var wanted = new Source.Image(name, Source.Pull.WHEN_MISSING);
        ResolvedImage image = build.sources().image(wanted, PlatformMatch.host());
        Vertex.Input root = new Vertex(
                        wanted, List.of(), PlatformMatch.host(), Vertex.Label.of("[internal] frontend " + name))
                .output();
        Execution process = process(image.config().config());
        var step = new BuildProgress.Step(
                Digest.of("frontend " + UUID.randomUUID()).toString(),
                List.of(),
                Vertex.Label.of("[internal] run frontend " + name));
        build.log().started(step);
        try {
            Build.Outcome result = talk(name, root, process, step);
            build.log().completed(step, false, "");
            return result;
        } catch (NaruException | GrpcException failure) {
            build.log().failed(step, BuildProgress.StepFailure.of(String.valueOf(failure.getMessage())));
            throw failure;
        }
    }

    private Build.Outcome talk(String name, Vertex.Input root, Execution process, BuildProgress.Step step)
            throws InterruptedException {
        var talk = new FrontendTalk(build, inputs, depth, FrontendTalk.IDLE);
        int code = build.work().talk(root, process, talk, step);
        String broken = talk.broken();
        if (!broken.isEmpty()) {
            throw failed(name, broken);
        }
        Build.Outcome result = talk.result();
        if (code > 0) {
            throw failed(name, "exit code: " + code);
        }
        if (result == null) {
            throw failed(name, "it ended without a result");
        }
        return result;
    }

    private static NaruException failed(String name, String why) {
        return new NaruException(ErrorKind.INVALID, "frontend " + name + " failed", why, null);
    }

    private Execution process(@Nullable ImageRunConfig config) {
        Map<String, String> labels = config == null || config.labels() == null ? Map.of() : config.labels();
        check(capabilities(labels.getOrDefault(CAPABILITIES, "")));
        List<String> entry = config == null ? null : config.entrypoint();
        String directory = config == null ? null : config.workingDir();
        List<String> given = config == null ? null : config.env();
        return new Execution(
                entry == null || entry.isEmpty() ? List.of("/run") : entry,
                environment(given == null ? List.of() : given),
                directory == null || directory.isEmpty() ? "/" : directory,
                "",
                "",
                Map.of(),
                List.of(),
                Boolean.parseBoolean(labels.get(NO_NETWORK)) ? Execution.Network.NONE : Execution.Network.DEFAULT,
                Execution.Security.SANDBOX,
                List.of(),
                List.of(),
                List.of(),
                Execution.Resources.none(),
                List.of());
    }

    /** What a client wants of the frontend is said by the frontend's image. */
    private void check(Set<String> offered) {
        Set<String> wanted = capabilities(attributes.getOrDefault("frontend.caps", ""));
        if (!inputs.isEmpty()) {
            wanted.add("moby.buildkit.frontend.inputs");
        }
        wanted.removeAll(offered);
        if (!wanted.isEmpty()) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "unsupported frontend capability " + String.join(", ", wanted),
                    "",
                    "use another frontend than " + attributes.get("source"));
        }
    }

    private static Set<String> capabilities(String list) {
        Set<String> all = new HashSet<>();
        Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .forEach(all::add);
        return all;
    }

    private List<String> environment(List<String> given) {
        List<String> all = new ArrayList<>(given);
        int number = 0;
        for (Map.Entry<String, String> each : attributes.entrySet()) {
            all.add("BUILDKIT_FRONTEND_OPT_" + number++ + "=" + each.getKey() + "=" + each.getValue());
        }
        all.add("BUILDKIT_SESSION_ID=" + build.session().id());
        all.add("BUILDKIT_WORKERS=" + BuildWorker.json());
        all.add("BUILDKIT_EXPORTEDPRODUCT=naru");
        return all;
    }
}
