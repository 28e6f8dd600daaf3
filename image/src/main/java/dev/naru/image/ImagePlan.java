package dev.naru.image;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image that an archive describes.
 *
 * @param config the configuration's bytes, whose digest is the image's id
 * @param layers the blobs of its layers, lowest first
 * @param manifest the manifest as it came, or null to make one
 * @param references its names in full
 */
record ImagePlan(byte[] config, List<String> layers, byte @Nullable [] manifest, List<String> references) {}
