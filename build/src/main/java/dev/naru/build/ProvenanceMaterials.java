package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Attestation;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a result was made of: the sources below it, and what its steps were lent. */
public final class ProvenanceMaterials {
    private static final Pattern PASSWORD = Pattern.compile("(?<=://)[^/@\\s]*@");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private final List<Vertex> vertices = new ArrayList<>();
    private final Digests digests;

    /** Tells what sources were, as far as that is known. */
    public interface Digests {
        /** Of an image's manifest or index. */
        Optional<String> digest(Source source, Platform platform);

        /** Of the only file of a source. */
        Optional<String> digest(Vertex.Input source) throws InterruptedException;
    }

    ProvenanceMaterials(Vertex.@Nullable Input root, Digests digests) {
        this.digests = requireNonNull(digests, "digests");
        if (root != null) {
            collect(root.vertex());
        }
    }

    /** Asks for all that provenance of a result will ask for. */
    public static void settle(Vertex.@Nullable Input root, Digests digests) throws InterruptedException {
        new ProvenanceMaterials(root, digests).list();
    }

    /** By identity and without recursion: a long chain of values would be hashed and walked to its end at each step. */
    private void collect(Vertex root) {
        Set<Vertex> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Vertex> done = Collections.newSetFromMap(new IdentityHashMap<>());
        var path = new ArrayDeque<Vertex>();
        path.push(root);
        while (!path.isEmpty()) {
            Vertex next = path.peek();
            if (seen.add(next)) {
                next.inputs().reversed().forEach(each -> path.push(each.vertex()));
            } else {
                path.pop();
                if (done.add(next)) {
                    vertices.add(next);
                }
            }
        }
    }

    /** All of them, inputs first. */
    Collection<Vertex> vertices() {
        return vertices;
    }

    /** Whether files of clients, which have no address, are no part of it. */
    boolean areComplete() {
        return vertices.stream().noneMatch(each -> each.operation() instanceof Source.Local);
    }

    /** Text without the names and passwords that addresses may have. */
    static String redacted(String text) {
        return PASSWORD.matcher(text).replaceAll("");
    }

    /** Names of the client's directories. */
    Set<String> locals() {
        Set<String> names = new TreeSet<>();
        for (Vertex each : vertices) {
            if (each.operation() instanceof Source.Local local && !local.name().startsWith("upload:")) {
                names.add(local.name());
            }
        }
        return names;
    }

    /** Sorted by address. */
    List<Object> list() throws InterruptedException {
        Map<String, Object> all = new TreeMap<>();
        for (Vertex each : vertices) {
            switch (each.operation()) {
                case Source.Image image -> {
                    Platform platform = each.platform() == null ? PlatformMatch.host() : each.platform();
                    put(all, Attestation.packageUrl(image.reference(), platform), digests.digest(image, platform));
                }
                case Source.Layout layout -> put(all, "pkg:oci/" + layout.reference(), Optional.of(layout.digest()));
                case Source.Git git -> git(all, git);
                case Source.Http http -> put(all, redacted(http.url()), digests.digest(each.output()));
                case Source.Local local -> {}
                case Execution step -> {}
                case FileOperation step -> {}
                case Operation.Merge merge -> {}
                case Operation.Difference difference -> {}
            }
        }
        return new ArrayList<>(all.values());
    }

    private static void git(Map<String, Object> all, Source.Git git) {
        String commit = git.checksum() != null ? git.checksum() : git.ref();
        Map<String, Object> material = new LinkedHashMap<>();
        String address = redacted(git.remote()) + (git.ref().isEmpty() ? "" : "#" + git.ref());
        material.put("uri", address);
        if (COMMIT.matcher(commit).matches()) {
            material.put("digest", Map.of(commit.length() == 40 ? "sha1" : "sha256", commit));
        }
        all.put(address, material);
    }

    private static void put(Map<String, Object> all, String address, Optional<String> digest) {
        Map<String, Object> material = new LinkedHashMap<>();
        material.put("uri", address);
        digest.ifPresent(text -> material.put("digest", Map.of("sha256", text.substring(text.indexOf(':') + 1))));
        all.put(address, material);
    }

    /** What steps may have read: ids only. */
    List<Object> secrets() {
        Map<String, Boolean> ids = new TreeMap<>();
        for (Vertex each : vertices) {
            if (each.operation() instanceof Execution step) {
                step.secrets().forEach(secret -> ids.merge(secret.id(), secret.optional(), Boolean::logicalAnd));
                for (BuildMount mount : step.mounts()) {
                    if (mount instanceof BuildMount.Secret secret) {
                        ids.merge(secret.id(), secret.optional(), Boolean::logicalAnd);
                    }
                }
            }
        }
        return named(ids);
    }

    List<Object> agents() {
        Map<String, Boolean> ids = new TreeMap<>();
        for (Vertex each : vertices) {
            if (each.operation() instanceof Execution step) {
                for (BuildMount mount : step.mounts()) {
                    if (mount instanceof BuildMount.Ssh agent) {
                        ids.merge(agent.id(), agent.optional(), Boolean::logicalAnd);
                    }
                }
            }
        }
        return named(ids);
    }

    private static List<Object> named(Map<String, Boolean> ids) {
        List<Object> all = new ArrayList<>();
        ids.forEach((id, optional) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", id);
            if (optional) {
                one.put("optional", true);
            }
            all.add(one);
        });
        return all;
    }
}
