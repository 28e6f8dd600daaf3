package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import java.util.List;
import java.util.Objects;

/**
 * A manifest or an index as a registry has it.
 *
 * @param descriptor its type, digest and size
 * @param content its bytes, which have that digest
 */
public record ManifestContent(Descriptor descriptor, byte[] content) {
    private static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+";

    /**
     * Checks what a registry sent: the type must be one of an image and the same wherever it stands, and the content must
     * not be readable as two things (CVE-2021-41190).
     *
     * @param mediaType as the server said, perhaps empty
     * @param name the reference, for errors
     * @throws NaruException INVALID for nonsense, NOT_SUPPORTED for schema 1 and foreign types
     */
    static ManifestContent of(String mediaType, byte[] content, String name) {
        return of(mediaType, content, name, Digest.of(content).toString());
    }

    /** @param digest of the content, which the caller has made sure of */
    static ManifestContent of(String mediaType, byte[] content, String name, String digest) {
        ManifestShape shape = RegistryJson.read(ManifestShape.class, content, "manifest of " + name);
        if (mediaType.startsWith(SCHEMA_1) || shape.schemaVersion() == 1) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "[DEPRECATION NOTICE] Docker Image Format v1 and Docker Image manifest version 2, schema 1 support"
                            + " has been removed. Suggest the author of " + name
                            + " to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2. More"
                            + " information at https://docs.docker.com/go/deprecated-image-specs/");
        }
        if (shape.schemaVersion() != 2) {
            throw NaruException.invalid("invalid manifest of " + name + ": schema version " + shape.schemaVersion());
        }
        String type = type(mediaType, shape, name);
        boolean listed = shape.manifests() != null;
        boolean layered = shape.layers() != null || shape.config() != null;
        if (listed && layered) {
            throw NaruException.invalid("invalid manifest of " + name + ": it is a manifest and an index at once");
        }
        if (MediaTypes.isIndex(type) ? layered : listed) {
            throw NaruException.invalid("invalid manifest of " + name + ": its content is not of type " + type);
        }
        var checked =
                new ManifestContent(new Descriptor(type, digest, content.length, null, null, null, null), content);
        checked.check(name);
        return checked;
    }

    private static String type(String mediaType, ManifestShape shape, String name) {
        String inside = shape.mediaType() == null ? "" : shape.mediaType();
        boolean told = MediaTypes.isIndex(mediaType) || MediaTypes.isManifest(mediaType);
        if (told && !inside.isEmpty() && !inside.equals(mediaType)) {
            throw NaruException.invalid(
                    "invalid manifest of " + name + ": it says it is " + inside + ", the registry says " + mediaType);
        }
        String type = told ? mediaType : inside;
        if (type.isEmpty()) {
            type = shape.manifests() != null ? MediaTypes.INDEX : MediaTypes.MANIFEST;
        }
        if (!MediaTypes.isIndex(type) && !MediaTypes.isManifest(type)) {
            throw new NaruException(ErrorKind.NOT_SUPPORTED, "unsupported manifest media type " + type + " of " + name);
        }
        return type;
    }

    private void check(String name) {
        if (isIndex()) {
            index().manifests().forEach(each -> check(each, name));
        } else {
            Manifest manifest = manifest();
            check(manifest.config(), name);
            manifest.layers().forEach(each -> check(each, name));
        }
    }

    private static void check(Descriptor each, String name) {
        boolean sound = each != null && each.digest() != null && each.mediaType() != null && each.size() >= 0;
        if (!sound) {
            throw NaruException.invalid("invalid manifest of " + name + ": a descriptor lacks type, digest or size");
        }
        Digest.parse(each.digest());
    }

    public boolean isIndex() {
        return MediaTypes.isIndex(descriptor.mediaType());
    }

    /** Its content as an index. */
    public Index index() {
        Index index = RegistryJson.read(Index.class, content, "index");
        List<Descriptor> manifests = index.manifests() == null ? List.of() : index.manifests();
        return new Index(
                index.schemaVersion(),
                index.mediaType(),
                index.artifactType(),
                manifests,
                index.subject(),
                index.annotations());
    }

    /** Its content as an image's manifest. */
    public Manifest manifest() {
        Manifest manifest = RegistryJson.read(Manifest.class, content, "manifest");
        if (manifest.config() == null || manifest.layers() == null) {
            throw NaruException.invalid("invalid manifest: it has no configuration or no layers");
        }
        return manifest;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ManifestContent same && descriptor.equals(same.descriptor);
    }

    @Override
    public int hashCode() {
        return Objects.hash(descriptor);
    }
}
