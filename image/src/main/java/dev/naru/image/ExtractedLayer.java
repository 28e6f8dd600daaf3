package dev.naru.image;

import java.util.Set;

/**
 * A layer on disk that nothing refers to yet.
 *
 * @param directory its name among the layers
 * @param size bytes of its regular files
 * @param implicit directories that the layer did not describe
 */
record ExtractedLayer(String directory, String diffId, long size, Set<String> implicit) {}
