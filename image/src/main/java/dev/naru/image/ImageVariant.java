package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Descriptor;
import dev.naru.oci.Platform;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a multi-platform image: an image for a platform, or what goes with one.
 *
 * @param descriptor as the index has it
 * @param available whether all of it is here
 * @param kind what it is
 * @param platform what it is for; null when nobody says
 * @param attests the digest of the manifest that an attestation speaks of; null for others
 * @param image its id, the digest of its configuration; null when that is not known
 * @param content bytes of its blobs that are here
 * @param unpacked bytes of its layers that are unpacked here
 */
public record ImageVariant(
        Descriptor descriptor,
        boolean available,
        Kind kind,
        @Nullable Platform platform,
        @Nullable String attests,
        @Nullable String image,
        long content,
        long unpacked) {
    public ImageVariant {
        requireNonNull(descriptor, "descriptor");
        requireNonNull(kind, "kind");
    }

    /** What an entry is. */
    public enum Kind {
        IMAGE,
        ATTESTATION,
        UNKNOWN
    }

    boolean isImage() {
        return kind == Kind.IMAGE;
    }

    Optional<Platform> isFor() {
        return Optional.ofNullable(platform);
    }
}
