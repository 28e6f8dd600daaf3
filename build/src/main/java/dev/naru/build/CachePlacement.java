package dev.naru.build;

import dev.naru.image.BuiltLayers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where layers of builds are in an image. */
final class CachePlacement {
    private final Map<String, Integer> places = new HashMap<>();
    private final List<String> below = new ArrayList<>();

    /** @param chain of the image's layers */
    CachePlacement(BuiltLayers layers, String chain) {
        var stack = new ArrayList<String>();
        for (String at = chain; !at.isEmpty(); at = layers.parent(at)) {
            stack.add(at);
        }
        below.add("");
        for (String each : stack.reversed()) {
            places.put(each, below.size() - 1);
            below.add(each);
        }
    }

    CacheBundle of(CacheBundle bundle) {
        var layers = new ArrayList<CacheBundle.Layer>();
        for (CacheBundle.Layer each : bundle.layers()) {
            int place = place(each);
            if (place >= 0) {
                layers.add(new CacheBundle.Layer(each.chain(), each.parent(), "#" + place));
            }
        }
        List<CacheBundle.Result> results = bundle.results().stream()
                .filter(result -> result.chains().stream().allMatch(chain -> layers.stream()
                        .anyMatch(layer -> layer.chain().equals(chain))))
                .toList();
        return new CacheBundle(bundle.version(), layers, results, bundle.aliases());
    }

    private int place(CacheBundle.Layer layer) {
        Integer own = places.get(layer.chain());
        if (own != null) {
            return own;
        }
        // A layer of its own (COPY --link) is put on others by another name.
        for (String base : below) {
            Integer stacked = places.get(BuiltLayers.stacked(base, layer.chain()));
            if (stacked != null) {
                return stacked;
            }
        }
        return -1;
    }
}
