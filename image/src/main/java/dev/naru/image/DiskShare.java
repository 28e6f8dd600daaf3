package dev.naru.image;

/**
 * What an image takes of the disk.
 *
 * @param size bytes of its layers and blobs as the disk has allocated them
 * @param shared bytes of those that other images have too
 */
public record DiskShare(long size, long shared) {
    /** What would come back without it. */
    public long unique() {
        return size - shared;
    }
}
