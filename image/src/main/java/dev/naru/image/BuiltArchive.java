package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * How built file trees become an archive that other engines load: an OCI image layout (image-spec, image-layout.md), with
 * {@code manifest.json} as Docker's archives have it too.
 *
 * @param parts one for each platform; several make an index
 * @param references names in any form
 * @param docker whether {@code manifest.json} is in it, which describes images of one platform only
 * @param encoding of layers
 * @param dockerTypes whether its manifests have Docker's media types, as far as those have words for them
 * @param index whether there is an index even for one platform
 * @param annotations of the index
 */
public record BuiltArchive(
        List<Part> parts,
        List<String> references,
        boolean docker,
        LayerEncoding encoding,
        boolean dockerTypes,
        boolean index,
        Map<String, String> annotations) {
    /**
     * One platform's image.
     *
     * @param chain of its layers, empty for none
     * @param config its {@code rootfs} is filled in
     * @param annotations of the manifest
     * @param descriptor annotations of the manifest's descriptor
     * @param attestations what is said about it, in a manifest of their own beside it
     */
    public record Part(
            String chain,
            ImageConfig config,
            Map<String, String> annotations,
            Map<String, String> descriptor,
            List<Attestation> attestations) {
        /** One about which nothing is said. */
        public Part(String chain, ImageConfig config, Map<String, String> annotations, Map<String, String> descriptor) {
            this(chain, config, annotations, descriptor, List.of());
        }

        public Part {
            requireNonNull(chain, "chain");
            requireNonNull(config, "config");
            annotations = Map.copyOf(annotations);
            descriptor = Map.copyOf(descriptor);
            attestations = List.copyOf(attestations);
        }
    }

    public BuiltArchive {
        parts = List.copyOf(parts);
        references = references.stream()
                .map(name -> Reference.parse(name).tagged().toString())
                .toList();
        annotations = Map.copyOf(annotations);
        requireNonNull(encoding, "encoding");
        if (parts.isEmpty()) {
            throw NaruException.invalid("cannot write an archive of no image");
        }
        if (docker && parts.size() > 1) {
            throw new NaruException(
                    dev.naru.error.ErrorKind.NOT_SUPPORTED,
                    "cannot write a docker archive",
                    "it has an image for one platform, and " + parts.size() + " were built",
                    "write an OCI archive: type=oci");
        }
    }

    /** The same under other names. */
    public BuiltArchive named(List<String> names) {
        return new BuiltArchive(parts, names, docker, encoding, dockerTypes, index, annotations);
    }

    /** Takes blobs one by one. */
    @FunctionalInterface
    public interface BlobSink {
        /** Opens a blob's content. */
        @FunctionalInterface
        interface Content {
            InputStream open() throws IOException;
        }

        void take(String digest, long size, Content content) throws IOException, InterruptedException;
    }

    /**
     * What was written.
     *
     * @param digest of the index, or of the only manifest
     * @param size of it in bytes
     * @param mediaType of it
     * @param configs the digests of the configurations, in the order of the parts
     */
    public record Written(String digest, long size, String mediaType, List<String> configs) {
        public Written {
            configs = List.copyOf(configs);
        }
    }
}
