package dev.naru.image;

import static java.util.Objects.requireNonNull;

/**
 * A layer of a build on the disk.
 *
 * @param name the same for layers that are one on the disk
 * @param size bytes in allocated blocks
 * @param shared whether an image or a container has it too
 */
public record DiskPart(String name, long size, boolean shared) {
    public DiskPart {
        requireNonNull(name, "name");
    }
}
