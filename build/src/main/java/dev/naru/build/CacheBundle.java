package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.json.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a build cache outside of this engine knows: which work has which result, and which layers that is. Keys are made
 * of contents, so that they are the same on every machine.
 *
 * @param aliases keys by definition to those by content
 * @param mounts contents of cache mounts; null for none, as caches have it that know of no such thing
 */
@Json
public record CacheBundle(
        int version,
        List<Layer> layers,
        List<Result> results,
        Map<String, String> aliases,
        @Nullable List<Mount> mounts) {
    /** The form that this engine reads and writes. */
    public static final int VERSION = 1;

    public CacheBundle {
        layers = List.copyOf(layers);
        results = List.copyOf(results);
        aliases = Map.copyOf(aliases);
        mounts = mounts == null ? null : List.copyOf(mounts);
    }

    /** One without contents of cache mounts. */
    public CacheBundle(int version, List<Layer> layers, List<Result> results, Map<String, String> aliases) {
        this(version, layers, results, aliases, null);
    }

    /**
     * A layer.
     *
     * @param chain the name of the chain whose topmost it is
     * @param parent the chain below, empty for none
     * @param blob the digest of its tar, compressed or not; {@code #n} is the n-th of the image that this is told in
     */
    @Json
    public record Layer(String chain, String parent, String blob) {}

    /**
     * A result.
     *
     * @param chains of layers, one for each output
     */
    @Json
    public record Result(String key, List<String> chains, String description) {
        public Result {
            chains = List.copyOf(chains);
        }
    }

    /**
     * What a cache mount had in it; it is below {@code mount} in its layer.
     *
     * @param key of the mount: its id, and what it began with
     * @param id as the build file has it
     * @param chain of its only layer
     */
    @Json
    public record Mount(String key, String id, String chain) {}

    /** Which contents of cache mounts are taken along. */
    public record MountChoice(boolean all, Set<String> ids) {
        /** None of them. */
        public static final MountChoice NONE = new MountChoice(false, Set.of());

        public MountChoice {
            ids = Set.copyOf(ids);
        }

        /** Reads {@code true}, {@code false}, or ids with semicolons between them; none when empty. */
        public static MountChoice of(String text) {
            return switch (text) {
                case "", "false", "0" -> NONE;
                case "true", "1" -> new MountChoice(true, Set.of());
                default -> new MountChoice(false, Set.of(text.split(";")));
            };
        }

        boolean has(String id) {
            return all || ids.contains(id);
        }
    }

    /** The same with the contents of some cache mounts only. */
    public CacheBundle with(MountChoice choice) {
        return new CacheBundle(
                version,
                layers,
                results,
                aliases,
                contents().stream().filter(mount -> choice.has(mount.id())).toList());
    }

    /** Contents of cache mounts. */
    public List<Mount> contents() {
        return mounts == null ? List.of() : mounts;
    }

    Optional<Mount> mount(String key) {
        return contents().stream().filter(each -> each.key().equals(key)).findFirst();
    }

    /** The result of a work. */
    public Optional<Result> result(String key) {
        return results.stream().filter(each -> each.key().equals(key)).findFirst();
    }

    Optional<Layer> layer(String chain) {
        return layers.stream().filter(each -> each.chain().equals(chain)).findFirst();
    }

    /** As it is kept. */
    public String json() {
        return Jsonb.builder()
                .adapter(LongTexts.stream())
                .build()
                .type(CacheBundle.class)
                .toJson(this);
    }

    /** Reads one; INVALID for what this engine cannot read. */
    public static CacheBundle read(String json) {
        try {
            CacheBundle bundle = Jsonb.builder()
                    .adapter(LongTexts.stream())
                    .build()
                    .type(CacheBundle.class)
                    .fromJson(json);
            if (bundle.version() != VERSION) {
                throw NaruException.invalid("a build cache of version " + bundle.version() + " cannot be read");
            }
            return bundle;
        } catch (JsonException | IllegalStateException | NullPointerException malformed) {
            throw NaruException.because(ErrorKind.INVALID, "cannot read a build cache", malformed);
        }
    }
}
