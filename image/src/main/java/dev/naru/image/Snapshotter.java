package dev.naru.image;

import dev.naru.oci.Mount;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Gives containers their file systems: layers stacked read-only with a writable one on top. */
public interface Snapshotter {
    /** The name that {@code docker info} shows as storage driver, such as {@code overlay2}. */
    String name();

    /**
     * Makes a writable snapshot on an image's layers.
     *
     * @param key the container's id
     * @param chainId the image's {@link Image#chainId()}; empty for none
     */
    void prepare(String key, String chainId);

    /**
     * Makes a snapshot that shows an image's layers as they are, without the places that containers need for their
     * mounts. It is to be mounted for reading only.
     */
    void prepareView(String key, String chainId);

    /**
     * The mounts that show it, to be made in order in a mount namespace; destinations relative to the root, "/" first.
     *
     * @param disposable the snapshot will be removed with its container, so that it needs no sync
     */
    List<Mount> mounts(String key, boolean disposable);

    /** What the container changed, with paths from its root, sorted. */
    List<Change> changes(String key);

    /** Writes the changes as a layer's tar stream (image-spec, layer.md). */
    void diff(String key, OutputStream tar);

    /** Bytes that the container has written. */
    long usage(String key);

    /** Bytes that the disk has given to it, as {@code du -x} counts them. */
    long allocated(String key);

    boolean exists(String key);

    /** All keys. */
    List<String> keys();

    void remove(String key);

    /** Directories that {@code docker inspect} shows as GraphDriver.Data. */
    Map<String, String> describe(String key);

    /**
     * Directories that {@code docker image inspect} shows as GraphDriver.Data.
     *
     * @param chainId the image's {@link Image#chainId()}; empty for none
     */
    Map<String, String> describeImage(String chainId);

    /**
     * Runs the work on the snapshot's file system mounted somewhere private to it, also when its container is not
     * running.
     */
    <T> T withMounted(String key, MountedWork<T> work);

    /** Work on a mounted snapshot. */
    interface MountedWork<T> {
        T run(Path root);
    }

    /** One changed path. */
    record Change(Kind kind, String path) {
        /** What happened to it; the order is Docker's number for it (0, 1, 2). */
        public enum Kind {
            MODIFIED,
            ADDED,
            DELETED
        }
    }
}
