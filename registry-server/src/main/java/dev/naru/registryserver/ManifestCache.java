package dev.naru.registryserver;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The manifests that were asked for last, up to a size in all. */
final class ManifestCache {
    private static final int LARGEST_ENTRY = 256 << 10;
    private static final int LARGEST_TOTAL = 8 << 20;

    private final Map<String, byte[]> entries = new LinkedHashMap<>(64, 0.75f, true);
    private int total;

    synchronized byte @Nullable [] get(String digest) {
        return entries.get(digest);
    }

    synchronized void put(String digest, byte[] content) {
        if (content.length > LARGEST_ENTRY || entries.put(digest, content) != null) {
            return;
        }
        total += content.length;
        Iterator<byte[]> oldest = entries.values().iterator();
        while (total > LARGEST_TOTAL) {
            total -= oldest.next().length;
            oldest.remove();
        }
    }
}
