package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a build cache outside of this engine knows: which work has which result, and which layers that is. Keys are made
 * of contents, so that they are the same on every machine.
 *
 * @param aliases keys by definition to those by content
 */
@Json
public record CacheBundle(int version, List<Layer> layers, List<Result> results, Map<String, String> aliases) {
    /** The form that this engine reads and writes. */
    public static final int VERSION = 1;

    public CacheBundle {
        layers = List.copyOf(layers);
        results = List.copyOf(results);
        aliases = Map.copyOf(aliases);
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

    /** The result of a work. */
    public Optional<Result> result(String key) {
        return results.stream().filter(each -> each.key().equals(key)).findFirst();
    }

    Optional<Layer> layer(String chain) {
        return layers.stream().filter(each -> each.chain().equals(chain)).findFirst();
    }

    /** As it is kept. */
    public String json() {
        return Jsonb.builder().build().type(CacheBundle.class).toJson(this);
    }

    /** Reads one; INVALID for what this engine cannot read. */
    public static CacheBundle read(String json) {
        try {
            CacheBundle bundle = Jsonb.builder().build().type(CacheBundle.class).fromJson(json);
            if (bundle.version() != VERSION) {
                throw NaruException.invalid("a build cache of version " + bundle.version() + " cannot be read");
            }
            return bundle;
        } catch (JsonException | IllegalStateException | NullPointerException malformed) {
            throw NaruException.because(ErrorKind.INVALID, "cannot read a build cache", malformed);
        }
    }
}
