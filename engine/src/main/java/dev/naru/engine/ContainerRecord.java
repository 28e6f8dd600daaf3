package dev.naru.engine;

import dev.naru.wire.ContainerConfig;
import dev.naru.wire.HostConfig;
import dev.naru.wire.NetworkingConfig;
import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container is: the document of kind {@code containers}, written at creation and changed only by rename and
 * update. How it is doing is {@link ContainerStatus}.
 *
 * @param id 64 hexadecimal digits
 * @param name without a leading slash
 * @param created nanoseconds since 1970
 * @param imageId the image's id, empty for none
 * @param imageName the image as the client named it
 * @param config the request's configuration merged with the image's
 * @param hostConfig the request's, with defaults filled in
 * @param networking the networks as requested
 * @param path the program, from entrypoint and command
 * @param arguments its arguments
 * @param mounts its mounts, in the order in which they are made
 * @param platform os of the image
 */
@Json
@RecordBuilder
public record ContainerRecord(
        String id,
        String name,
        long created,
        String imageId,
        String imageName,
        ContainerConfig config,
        HostConfig hostConfig,
        @Nullable NetworkingConfig networking,
        String path,
        List<String> arguments,
        List<ContainerMount> mounts,
        String platform) {
    public ContainerRecord {
        arguments = List.copyOf(arguments);
        mounts = List.copyOf(mounts);
    }
}
