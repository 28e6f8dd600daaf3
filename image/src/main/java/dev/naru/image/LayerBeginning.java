package dev.naru.image;

import dev.naru.image.LargeFiles.Large;
import dev.naru.linux.Descriptor;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hashes the large files that a layer begins with. What was hashed before is known by a key of all headers and of the
 * digests of all contents up to there, so that nothing of it is read.
 */
final class LayerBeginning {
    /** Between two states that are kept, at least. */
    private static final long STEP = 16L << 20;

    private static final int MOST_STATES = 64;

    private final LayerDigest out;
    private final HashStates states;
    private final List<Part> parts = new ArrayList<>();
    private long bytes;

    /** @param key of all up to this file's end; null when a content is not known */
    private record Part(Large file, byte[] header, @Nullable String key) {}

    LayerBeginning(LayerDigest out, HashStates states) {
        this.out = out;
        this.states = states;
    }

    /**
     * Adds the next file.
     *
     * @param header all bytes between the content before and this one
     * @param content the digest of its content, null when that is not known
     */
    void add(Large file, byte[] header, @Nullable String content) {
        String before = parts.isEmpty() ? "" : parts.getLast().key();
        String key = before == null || content == null
                ? null
                : Digest.of((before + "\n" + content + "\n" + new String(header, StandardCharsets.ISO_8859_1))
                                .getBytes(StandardCharsets.ISO_8859_1))
                        .hex();
        parts.add(new Part(file, header, key));
        bytes += header.length + file.status().size();
    }

    /** Hashes all, from the last place that is known. */
    void hash(Descriptor root) throws IOException {
        List<Part> rest = parts.subList(known(), parts.size());
        if (rest.isEmpty()) {
            return;
        }
        long step = Math.max(STEP, bytes / MOST_STATES);
        long kept = out.size();
        try (var contents = new ContentAhead(root, rest.stream().map(Part::file).toList())) {
            for (int i = 0; i < rest.size(); i++) {
                Part part = rest.get(i);
                out.write(part.header(), 0, part.header().length);
                contents.next(part.file().status().size(), out);
                boolean due = out.size() - kept >= step || i == rest.size() - 1;
                if (due && part.key() != null) {
                    states.put(part.key(), out.state());
                    kept = out.size();
                }
            }
        }
    }

    /** Goes on behind the last file that is known; answers how many are behind. */
    private int known() {
        for (int i = parts.size() - 1; i >= 0; i--) {
            String key = parts.get(i).key();
            HashStates.State state = key == null ? null : states.find(key).orElse(null);
            if (state != null) {
                out.goOn(state);
                return i + 1;
            }
        }
        return 0;
    }
}
