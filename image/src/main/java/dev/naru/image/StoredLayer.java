package dev.naru.image;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of an extracted layer; its id is its chain id.
 *
 * @param diffId the digest of its tar stream
 * @param parent the chain id below; empty for the lowest
 * @param directory the name of its directory among the layers
 * @param size bytes of its regular files
 * @param unsafeSince the boot id under which it was written, until it is known to be on the disk
 * @param format how it is kept; null is a directory
 */
@Json
record StoredLayer(
        String chainId,
        String diffId,
        String parent,
        String directory,
        long size,
        @Nullable String unsafeSince,
        @Nullable LayerFormat format) {
    static final String KIND = "layers";

    StoredLayer safe() {
        return new StoredLayer(chainId, diffId, parent, directory, size, null, format);
    }

    /** The same layer unpacked again. */
    StoredLayer in(ExtractedLayer extracted, String bootId) {
        return new StoredLayer(chainId, diffId, parent, extracted.directory(), size, bootId, extracted.format());
    }

    boolean isImage() {
        return format == LayerFormat.EROFS;
    }

    /** A layer and those below, topmost first. */
    static List<StoredLayer> stack(java.util.Map<String, StoredLayer> layers, String chainId) {
        var stack = new java.util.ArrayList<StoredLayer>();
        for (String at = chainId; !at.isEmpty(); ) {
            StoredLayer layer = layers.get(at);
            if (layer == null) {
                throw new dev.naru.error.NaruException(
                        dev.naru.error.ErrorKind.NOT_FOUND,
                        "layer " + at + " is missing",
                        "",
                        "run naru system check --repair");
            }
            stack.add(layer);
            at = layer.parent();
        }
        return stack;
    }
}
