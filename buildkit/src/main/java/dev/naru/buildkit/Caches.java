package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildProgress;
import dev.naru.build.CacheBundle;
import dev.naru.build.CacheSource;
import dev.naru.build.Vertex;
import dev.naru.engine.BuildService;
import dev.naru.engine.CachePlace;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.ProtoFields;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageConfigBuilder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The caches outside of this engine that a build reads and writes ({@code --cache-from}, {@code --cache-to}). */
final class Caches {
    private final BuildService service;
    private final Build build;
    private final List<Entry> imports;
    private final List<Entry> exports;

    /** One, as clients describe it. */
    private record Entry(String type, Map<String, String> attributes) {
        static Entry of(ProtoFields entry) {
            return new Entry(entry.text(1), entry.map(2));
        }

        /** Cache mounts whose contents travel: none unless {@code mounts} says so. */
        CacheBundle.MountChoice mounts() {
            return CacheBundle.MountChoice.of(get("mounts"));
        }

        boolean isKnown() {
            return List.of("registry", "local", "inline").contains(type);
        }

        String get(String name) {
            return attributes.getOrDefault(name, "");
        }
    }

    /** @param request of a whole build */
    Caches(BuildService service, Build build, ProtoFields request) {
        this.service = requireNonNull(service, "service");
        this.build = requireNonNull(build, "build");
        ProtoFields options = request.message(8);
        this.imports = options.messages(5).stream().map(Entry::of).toList();
        this.exports = options.messages(4).stream().map(Entry::of).toList();
        exports.stream().filter(each -> !each.isKnown()).findFirst().ifPresent(each -> {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "unknown cache exporter: \"" + each.type() + "\"",
                    "",
                    "use registry, local or inline");
        });
    }

    /** Reads what there is. A cache that cannot be read is told of, and does without. */
    void open() throws InterruptedException {
        List<CacheSource> found = new ArrayList<>();
        for (Entry each : new LinkedHashSet<>(imports)) {
            if (!each.type().equals("inline")) {
                open(each).ifPresent(found::add);
            }
        }
        build.session().caches(found);
    }

    private Optional<CacheSource> open(Entry entry) throws InterruptedException {
        String name =
                switch (entry.type()) {
                    case "local" -> "local:" + entry.get("src");
                    case "registry" -> entry.get("ref");
                    default -> entry.type();
                };
        BuildProgress.Step step = step("importing cache manifest from " + name);
        build.log().started(step);
        if (!entry.isKnown()) {
            build.log().failed(step, BuildProgress.StepFailure.of("unknown cache importer: " + entry.type()));
            return Optional.empty();
        }
        try {
            CachePlace place = entry.type().equals("local")
                    ? new ClientContent(build.session().client(), name, entry.get("digest"))
                    : service.registryCache(entry.get("ref"), build.session().accounts());
            Optional<CacheSource> source =
                    service.openCache(place).map(found -> new ChosenCache(found, entry.mounts()));
            if (source.isEmpty()) {
                build.log().failed(step, BuildProgress.StepFailure.of(name + ": there is no cache"));
            } else {
                build.log().completed(step, false, "");
            }
            return source;
        } catch (NaruException failure) {
            build.log().failed(step, BuildProgress.StepFailure.of(String.valueOf(failure.getMessage())));
            return Optional.empty();
        }
    }

    private BuildProgress.Step step(String title) {
        return new BuildProgress.Step(
                Digest.of(title + build.reference()).toString(), List.of(), Vertex.Label.of(title));
    }

    /** The configuration of an image that is a cache itself when that is wanted. */
    ImageConfig inline(ImageConfig config, Vertex.@Nullable Input root) throws InterruptedException {
        boolean wanted = exports.stream().anyMatch(each -> each.type().equals("inline"));
        return !wanted || root == null
                ? config
                : ImageConfigBuilder.builder(config)
                        .cache(build.work().inlineCache(root))
                        .build();
    }

    /** Keeps what the build has used. */
    void keep(List<Exports.Solved> solved, Map<String, String> response) throws InterruptedException {
        List<Vertex.Input> roots = new ArrayList<>();
        for (Exports.Solved each : solved) {
            Vertex.Input root = each.result().root();
            if (root != null) {
                roots.add(root);
            }
        }
        for (Entry each : exports) {
            if (!each.type().equals("inline")) {
                keep(each, roots, response);
            }
        }
    }

    private void keep(Entry entry, List<Vertex.Input> roots, Map<String, String> response) throws InterruptedException {
        boolean local = entry.type().equals("local");
        BuildProgress.Step step = step(local ? "exporting cache to client directory" : "exporting cache to registry");
        build.log().started(step);
        try {
            CachePlace place = local
                    ? new ClientContent(build.session().client(), "local:" + entry.get("dest"), "")
                    : service.registryCache(entry.get("ref"), build.session().accounts());
            var bundle = build.work().describe(roots, entry.get("mode").equals("max"), entry.mounts());
            response.put("cache.manifest", service.keepCache(bundle, place, entry.get("compression")));
            build.log().completed(step, false, "");
        } catch (NaruException failure) {
            build.log().failed(step, BuildProgress.StepFailure.of(String.valueOf(failure.getMessage())));
            if (!entry.get("ignore-error").equals("true")) {
                throw failure;
            }
        }
    }
}
