package dev.naru.image;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * The document of an extracted layer; its id is its chain id.
 *
 * @param diffId the digest of its tar stream
 * @param parent the chain id below; empty for the lowest
 * @param directory the name of its directory among the layers
 * @param size bytes of its regular files
 */
@Json
record StoredLayer(String chainId, String diffId, String parent, String directory, long size) {
    static final String KIND = "layers";

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
