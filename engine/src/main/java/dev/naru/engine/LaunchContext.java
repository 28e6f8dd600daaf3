package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.network.Attachment;
import dev.naru.oci.Mount;
import java.nio.file.Path;
import java.util.List;

/**
 * What a start has prepared before its container is launched.
 *
 * @param networkNamespacePath the namespace made for the container; empty when it has the host's or another container's
 * @param attachments its connections to networks in that namespace
 * @param rootMounts the mounts that make its root file system
 * @param stateDirectory for sockets and the like
 * @param recordDirectory durable, exists
 * @param rows the terminal's first height, 0 for the one asked for at creation
 * @param columns the terminal's first width, 0 likewise
 */
record LaunchContext(
        String networkNamespacePath,
        List<Attachment> attachments,
        List<Mount> rootMounts,
        Path stateDirectory,
        Path recordDirectory,
        int rows,
        int columns) {
    LaunchContext {
        requireNonNull(networkNamespacePath, "networkNamespacePath");
        attachments = List.copyOf(attachments);
        rootMounts = List.copyOf(rootMounts);
        requireNonNull(stateDirectory, "stateDirectory");
        requireNonNull(recordDirectory, "recordDirectory");
    }
}
