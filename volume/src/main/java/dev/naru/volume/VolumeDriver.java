package dev.naru.volume;

import java.nio.file.Path;
import java.util.Map;

/** What keeps the data of volumes. Its calls for one volume never overlap. */
interface VolumeDriver {
    /** The driver of volumes that name none. */
    String LOCAL = "local";

    String name();

    /** {@code local}, or {@code global} when other hosts have the same volumes. */
    String scope();

    /**
     * The document of a new volume, with what the driver keeps in it; nothing is made.
     *
     * @throws dev.naru.error.NaruException INVALID for options that make no sense
     */
    StoredVolume plan(StoredVolume volume);

    /** Makes it; one that is half made is made anew. */
    void create(StoredVolume volume);

    /** Removes it with its data; one that is gone is fine. */
    void remove(StoredVolume volume);

    /** Whether its data must be mounted to be used, so that it matters who does. */
    boolean mounts(StoredVolume volume);

    /** Makes its data available for a holder, and answers where. */
    Path mount(StoredVolume volume, String holder);

    /**
     * Ends that.
     *
     * @param last whether nobody else holds it
     */
    void unmount(StoredVolume volume, String holder, boolean last);

    /** Where its data is, or would be. */
    Path path(StoredVolume volume);

    /** What the driver tells of it. */
    Map<String, Object> status(StoredVolume volume);

    /** Bytes on disk; -1 when nobody knows. */
    long usage(StoredVolume volume);
}
