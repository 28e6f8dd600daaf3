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
 */
@Json
record StoredLayer(
        String chainId,
        String diffId,
        String parent,
        String directory,
        long size,
        @Nullable String unsafeSince) {
    static final String KIND = "layers";

    StoredLayer safe() {
        return new StoredLayer(chainId, diffId, parent, directory, size, null);
    }

    StoredLayer in(String otherDirectory, String bootId) {
        return new StoredLayer(chainId, diffId, parent, otherDirectory, size, bootId);
    }

    /** The names of the directories of this layer and those below, topmost first. */
    static List<String> stack(java.util.Map<String, StoredLayer> layers, String chainId) {
        var directories = new java.util.ArrayList<String>();
        for (String at = chainId; !at.isEmpty(); ) {
            StoredLayer layer = layers.get(at);
            if (layer == null) {
                throw new dev.naru.error.NaruException(
                        dev.naru.error.ErrorKind.NOT_FOUND,
                        "layer " + at + " is missing",
                        "",
                        "run naru system check --repair");
            }
            directories.add(layer.directory());
            at = layer.parent();
        }
        return directories;
    }
}
