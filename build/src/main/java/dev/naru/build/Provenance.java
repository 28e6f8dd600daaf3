package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Attestation;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says how an image was built: SLSA provenance, version 0.2 or 1, in BuildKit's form of it. Without {@code max} it has
 * neither times nor ids, so that the same build says the same. Secrets have names in it only, addresses no passwords.
 */
public final class Provenance {
    private static final String METADATA = "https://mobyproject.org/buildkit@v1#metadata";

    private final Order order;
    private final Invocation invocation;

    /**
     * What is wanted.
     *
     * @param max whether arguments, steps and the build file are told too
     * @param first whether version 1 is written instead of 0.2
     */
    public record Order(boolean max, boolean first, String builder, boolean reproducible) {
        public Order {
            requireNonNull(builder, "builder");
        }
    }

    /**
     * A build as its client asked for it.
     *
     * @param attributes of the frontend
     * @param file null when there was none
     */
    public record Invocation(
            String id,
            String frontend,
            Map<String, String> attributes,
            @Nullable BuildFile file,
            Instant started,
            Instant ended) {
        public Invocation {
            attributes = new TreeMap<>(attributes);
        }
    }

    public Provenance(Order order, Invocation invocation) {
        this.order = requireNonNull(order, "order");
        this.invocation = requireNonNull(invocation, "invocation");
    }

    /**
     * Tells of one result.
     *
     * @param root null is the empty tree
     */
    public Attestation of(Vertex.@Nullable Input root, ProvenanceMaterials.Digests digests)
            throws InterruptedException {
        var materials = new ProvenanceMaterials(root, digests);
        Map<String, Object> predicate = order.first() ? first(materials) : second(materials);
        return new Attestation(
                order.first() ? "https://slsa.dev/provenance/v1" : "https://slsa.dev/provenance/v0.2",
                JsonText.of(predicate),
                "provenance.json");
    }

    private static String host() {
        Platform host = PlatformMatch.host();
        String variant = host.variant();
        return host.os() + "/" + host.architecture() + (variant == null || variant.isEmpty() ? "" : "/" + variant);
    }

    private Map<String, Object> second(ProvenanceMaterials materials) throws InterruptedException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("builder", Map.of("id", order.builder()));
        all.put("buildType", "https://mobyproject.org/buildkit@v1");
        all.put("materials", materials.list());
        Map<String, Object> invoked = new LinkedHashMap<>();
        invoked.put("configSource", source("entryPoint"));
        invoked.put("parameters", parameters(materials));
        invoked.put("environment", Map.of("platform", host()));
        all.put("invocation", invoked);
        if (order.max()) {
            all.put("buildConfig", Map.of("llbDefinition", ProvenanceSteps.of(materials.vertices())));
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        if (order.max()) {
            metadata.put("buildInvocationID", invocation.id());
            metadata.put("buildStartedOn", invocation.started().toString());
            metadata.put("buildFinishedOn", invocation.ended().toString());
        }
        Map<String, Object> completeness = new LinkedHashMap<>();
        completeness.put("parameters", order.max());
        completeness.put("environment", true);
        completeness.put("materials", materials.areComplete());
        metadata.put("completeness", completeness);
        metadata.put("reproducible", order.reproducible());
        metadata.put(METADATA, more());
        all.put("metadata", metadata);
        return all;
    }

    private Map<String, Object> first(ProvenanceMaterials materials) throws InterruptedException {
        Map<String, Object> external = new LinkedHashMap<>();
        external.put("configSource", source("path"));
        external.put("request", parameters(materials));
        Map<String, Object> internal = new LinkedHashMap<>();
        internal.put("builderPlatform", host());
        if (order.max()) {
            internal.put("buildConfig", Map.of("llbDefinition", ProvenanceSteps.of(materials.vertices())));
        }
        Map<String, Object> definition = new LinkedHashMap<>();
        definition.put(
                "buildType", "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md");
        definition.put("externalParameters", external);
        definition.put("internalParameters", internal);
        definition.put("resolvedDependencies", materials.list());
        Map<String, Object> metadata = new LinkedHashMap<>();
        if (order.max()) {
            metadata.put("invocationId", invocation.id());
            metadata.put("startedOn", invocation.started().toString());
            metadata.put("finishedOn", invocation.ended().toString());
        }
        metadata.put("buildkit_metadata", more());
        Map<String, Object> completeness = new LinkedHashMap<>();
        completeness.put("request", order.max());
        completeness.put("resolvedDependencies", materials.areComplete());
        metadata.put("buildkit_completeness", completeness);
        metadata.put("buildkit_reproducible", order.reproducible());
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("builder", Map.of("id", order.builder()));
        run.put("metadata", metadata);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("buildDefinition", definition);
        all.put("runDetails", run);
        return all;
    }

    private Map<String, Object> source(String entry) {
        Map<String, Object> source = new LinkedHashMap<>();
        String context = invocation.attributes().getOrDefault("context", "");
        if (context.contains("://") && !context.startsWith("http://buildkit-session/")) {
            source.put("uri", ProvenanceMaterials.redacted(context));
        }
        source.put(entry, invocation.attributes().getOrDefault("filename", "Dockerfile"));
        return source;
    }

    private Map<String, Object> parameters(ProvenanceMaterials materials) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("frontend", invocation.frontend().isEmpty() ? "dockerfile.v0" : invocation.frontend());
        Map<String, Object> arguments = new LinkedHashMap<>();
        invocation.attributes().forEach((name, value) -> {
            if (isTold(name)) {
                arguments.put(name, ProvenanceMaterials.redacted(value));
            }
        });
        if (!arguments.isEmpty()) {
            all.put("args", arguments);
        }
        if (order.max()) {
            List<Object> secrets = materials.secrets();
            List<Object> agents = materials.agents();
            if (!secrets.isEmpty()) {
                all.put("secrets", secrets);
            }
            if (!agents.isEmpty()) {
                all.put("ssh", agents);
            }
        }
        List<Object> locals = new ArrayList<>();
        materials.locals().forEach(name -> locals.add(Map.of("name", name)));
        all.put("locals", locals);
        return all;
    }

    /** What belongs to the machine, to the client's session, or to how results leave, is nothing of the build. */
    private boolean isTold(String name) {
        if (name.startsWith("attest:")
                || name.startsWith("vcs:")
                || name.startsWith("local-sessionid:")
                || List.of(
                                "cgroup-parent",
                                "image-resolve-mode",
                                "platform",
                                "cache-imports",
                                "cache-from",
                                "context",
                                "filename",
                                "frontend.caps",
                                "no-cache",
                                "hostname",
                                "add-hosts")
                        .contains(name)) {
            return false;
        }
        if (name.startsWith("build-arg:") || name.startsWith("label:")) {
            return order.max() && !name.toLowerCase(java.util.Locale.ROOT).endsWith("_proxy");
        }
        return true;
    }

    private Map<String, Object> more() {
        Map<String, Object> all = new LinkedHashMap<>();
        Map<String, Object> versions = new LinkedHashMap<>();
        for (String name : List.of("source", "revision")) {
            String value = invocation.attributes().getOrDefault("vcs:" + name, "");
            if (!value.isEmpty()) {
                versions.put(name, ProvenanceMaterials.redacted(value));
            }
        }
        if (!versions.isEmpty()) {
            all.put("vcs", versions);
        }
        BuildFile file = invocation.file();
        if (order.max() && file != null) {
            all.put("source", Map.of("infos", List.of(new TreeMap<>(LintReport.source(file)))));
        }
        return all;
    }
}
