package dev.naru.image;

import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;

/**
 * What is pushed.
 *
 * @param reference with a tag; its image is here under that name
 * @param compression of layers that are here without: {@code gzip} or {@code zstd}
 */
public record PushRequest(Reference reference, Credentials credentials, String compression) {}
