package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Mount;
import dev.naru.oci.RuntimeSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * What a container is launched from.
 *
 * @param id the container's id, 64 hexadecimal digits
 * @param spec the configuration; its root path is ignored when {@code rootMounts} is not empty
 * @param rootMounts the mounts that make the root file system, in order, made inside the container's own mount namespace
 *     so that the host never sees them; destinations are relative to the root, the first is "/"
 * @param standardStreams what standard input, output and error are
 * @param log where the container's output is recorded
 * @param init whether a small init of the monitor's reaps and forwards signals as process 1
 * @param stateDirectory for sockets and the like, gone after a reboot; made by this call
 * @param recordDirectory durable, exists; the exit record is written here
 */
public record LaunchRequest(
        String id,
        RuntimeSpec spec,
        List<Mount> rootMounts,
        StandardStreams standardStreams,
        LogTarget log,
        boolean init,
        Path stateDirectory,
        Path recordDirectory) {
    public LaunchRequest {
        requireNonNull(id, "id");
        requireNonNull(spec, "spec");
        rootMounts = List.copyOf(rootMounts);
        requireNonNull(standardStreams, "standardStreams");
        requireNonNull(log, "log");
        requireNonNull(stateDirectory, "stateDirectory");
        requireNonNull(recordDirectory, "recordDirectory");
    }
}
