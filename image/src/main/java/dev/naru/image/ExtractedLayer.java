package dev.naru.image;

import java.util.Map;

/**
 * A layer on disk that nothing refers to yet.
 *
 * @param directory its name among the layers
 * @param size bytes of its regular files
 * @param implicit directories that the layer did not describe, in an EROFS image with the places of their inodes
 */
record ExtractedLayer(String directory, String diffId, long size, Map<String, Long> implicit, LayerFormat format) {
    ExtractedLayer withDiffId(String other) {
        return new ExtractedLayer(directory, other, size, implicit, format);
    }
}
