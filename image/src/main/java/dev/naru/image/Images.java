package dev.naru.image;

import dev.naru.oci.ImageRunConfig;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import dev.naru.registry.Registries;
import dev.naru.registry.Repository;
import dev.naru.store.Finding;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The images of an engine. */
public interface Images {
    /**
     * Finds an image by reference (tag {@code latest} when none is given), digest, id or unambiguous id prefix.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND with Docker's text {@code No such image: x:latest}
     */
    Image get(String reference);

    Optional<Image> find(String reference);

    /** All images, newest first; those without a tag too. */
    List<Image> list();

    /** Gives the image another reference, taking it from the image that had it. */
    void tag(String image, String reference);

    /**
     * Removes a reference, and with the last one the image, its layers that nothing else uses included.
     *
     * @param usedBy tells for an image id which containers use it; a use without {@code force} is a CONFLICT
     * @return what was done, in order, as Docker tells it
     */
    List<Removal> remove(String reference, boolean force, boolean prune, UsageCheck usedBy);

    /**
     * Reads a docker-archive or OCI layout in a tar stream, plain or compressed, several images included.
     *
     * @return the references loaded, or {@code sha256:...} ids for images without one
     */
    default List<String> load(InputStream archive, Consumer<Progress> progress) {
        return load(archive, null, progress);
    }

    /**
     * The same for one platform. Other platforms of a multi-platform image that are in the archive are kept with it.
     *
     * @param platform null for the one that fits this machine
     * @throws dev.naru.error.NaruException INVALID when the archive has no image for it
     */
    List<String> load(InputStream archive, @Nullable Platform platform, Consumer<Progress> progress);

    /**
     * Fetches an image from a registry. Progress is in Docker's words; its ids are the tag and short digests of layers.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND, FORBIDDEN, INVALID or UNAVAILABLE as {@link Repository} says
     */
    Pulled pull(Registries registries, PullRequest request, Consumer<Progress> progress);

    /**
     * Sends an image to a registry. Progress is in Docker's words; its ids are the layers' short digests.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND when there is no such image here, else as {@link Repository} says
     */
    Pushed push(Registries registries, PushRequest request, Consumer<Progress> progress);

    /** Writes images as docker-archive and OCI layout in one tar stream, as Docker 28 does; all platforms that are here. */
    default void save(List<String> references, OutputStream archive) {
        save(references, List.of(), archive);
    }

    /**
     * The same for some platforms.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND when an image has none for one of them here
     */
    void save(List<String> references, List<Platform> platforms, OutputStream archive);

    /** The platforms of an image, whether here or not, and what goes with them. */
    List<ImageVariant> variants(Image image);

    /** An image for a platform: the one given, or another of the same index whose blobs are here. */
    Optional<Image> variant(Image image, Platform platform);

    /**
     * Makes an image of one layer from a file system's tar stream, plain or compressed.
     *
     * @return the image's id
     */
    String importRootfs(InputStream tar, Commit commit);

    /**
     * Makes an image from a container's changes.
     *
     * @param base the container's image; null when it has none
     * @param snapshot the container's snapshot key
     * @return the image's id
     */
    String commit(@Nullable Image base, String snapshot, Commit commit);

    Snapshotter snapshotter();

    /** The layers that builds made. */
    BuiltLayers built();

    /**
     * Makes an image of a chain of layers, some of which builds made. The same chain and configuration give the same
     * image.
     *
     * @param config its {@code rootfs} is filled in
     * @param references its names in full; they move from the images that had them
     * @return the image's id
     */
    String build(String chain, dev.naru.oci.ImageConfig config, List<String> references);

    /**
     * Writes built file trees as an archive, without keeping them as images. The same trees make the same bytes.
     *
     * @param out stays open
     * @throws InterruptedException while layers are compressed
     */
    BuiltArchive.Written export(BuiltArchive order, OutputStream out) throws InterruptedException;

    /**
     * Hands over built file trees as the blobs of an image layout, without keeping them as images.
     *
     * @throws InterruptedException while layers are compressed
     */
    BuiltArchive.Written export(BuiltArchive order, BuiltArchive.BlobSink sink) throws InterruptedException;

    /**
     * Sends built file trees to a registry, without keeping them as images.
     *
     * @param reference without a tag, the registry knows it by its digest alone
     * @throws InterruptedException while layers are compressed
     */
    Pushed push(
            Registries registries,
            BuiltArchive order,
            Reference reference,
            Credentials credentials,
            Consumer<Progress> progress)
            throws InterruptedException;

    /**
     * The blobs of layers that builds made, each the topmost of a chain, written if they are not there.
     *
     * @param chains lower ones before those that stand on them
     * @param compression of those that are plain
     * @param lease holds them
     */
    List<ChainBlob> blobs(List<String> chains, Compression compression, dev.naru.store.Leases.Lease lease)
            throws InterruptedException;

    /** Bytes of each layer of an image as unpacked, lowest first; their sum is {@link Image#size()}. */
    List<Long> layerSizes(Image image);

    /**
     * Compares the disk with the database: the database itself, blobs with their digests, layers, snapshots, and what
     * belongs to nothing. Reads all blobs.
     *
     * @param repair whether to put right what can be: layers are extracted again, what belongs to nothing goes, and an
     *     image whose content is damaged is given up
     */
    List<Finding> check(boolean repair);

    /** Waits until the files of everything removed so far are gone. */
    void awaitRemovals();

    /** What each image takes of the disk, by its id; under the empty id what all of them take together. */
    java.util.Map<String, DiskShare> diskShares();

    /** The sum of the sizes of all layers in bytes, each once. */
    long layersSize();

    /**
     * How a new image is described.
     *
     * @param reference its name, or null
     * @param config its run configuration
     * @param createdBy the command recorded in its history
     */
    record Commit(
            @Nullable String reference,
            ImageRunConfig config,
            String author,
            String comment,
            String createdBy,
            @Nullable String platform) {}

    /** One step of a removal: exactly one of the two is set. */
    record Removal(@Nullable String untagged, @Nullable String deleted) {}

    /** One step of a long operation: what it is about, what is done, bytes so far and in all (0 when unknown). */
    record Progress(String id, String status, long current, long total) {}

    /** Who uses an image. */
    interface UsageCheck {
        /** Containers with the image: short id to whether it runs. */
        java.util.Map<String, Boolean> containersOf(String imageId);
    }
}
