package dev.naru.image;

import dev.naru.oci.ImageConfig;
import dev.naru.oci.Manifest;
import java.time.Instant;
import java.util.List;

/**
 * An image in the store.
 *
 * @param id the digest of its configuration ({@code sha256:...}), which is what Docker calls the image's id
 * @param tags its references in familiar form with tag ({@code busybox:latest}), sorted
 * @param repoDigests its references by manifest digest ({@code busybox@sha256:...})
 * @param manifest the manifest
 * @param manifestDigest the manifest's digest
 * @param config the configuration
 * @param chainId the identity of its layers in order (image-spec, config.md, Layer ChainID); empty for an image without
 *     layers
 * @param size bytes of its layers as unpacked
 * @param lastTagged when it was tagged last
 */
public record Image(
        String id,
        List<String> tags,
        List<String> repoDigests,
        Manifest manifest,
        String manifestDigest,
        ImageConfig config,
        String chainId,
        long size,
        Instant lastTagged) {
    public Image {
        tags = List.copyOf(tags);
        repoDigests = List.copyOf(repoDigests);
    }
}
