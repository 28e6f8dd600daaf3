package dev.naru.client;

import dev.naru.http.Headers;
import dev.naru.wire.Volume;
import dev.naru.wire.VolumeCreateOptions;
import dev.naru.wire.VolumeListResponse;
import dev.naru.wire.VolumePruneResponse;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/** The Volume group of the Engine API. */
public final class VolumeClient {
    private final Wire wire;

    VolumeClient(Wire wire) {
        this.wire = wire;
    }

    public VolumeListResponse list(Map<String, List<String>> filters) {
        return wire.call("GET", Target.of("volumes").filters(filters), null).as(VolumeListResponse.class);
    }

    public Volume create(VolumeCreateOptions request) {
        return wire.call("POST", Target.of("volumes", "create"), request).as(Volume.class);
    }

    public Volume inspect(String name) {
        return wire.call("GET", Target.of("volumes", name), null).as(Volume.class);
    }

    public void remove(String name, boolean force) {
        wire.call("DELETE", Target.of("volumes", name).flag("force", force), null)
                .done();
    }

    /**
     * What a volume holds as a tar stream; closing it ends the request.
     *
     * @param freeze whether the containers that use it stand still while it is read
     */
    public Answer backup(String name, boolean freeze) {
        return wire.call("GET", Target.of("volumes", name, "archive").with("freeze", freeze ? "1" : "0"), null);
    }

    /**
     * Fills a volume from a tar stream.
     *
     * @param replace whether data that it has is dropped
     */
    public void restore(String name, InputStream tar, boolean replace) {
        wire.send(
                        "PUT",
                        Target.of("volumes", name, "archive")
                                .flag("replace", replace)
                                .toString(),
                        new Headers().add("Content-Type", "application/x-tar"),
                        tar)
                .done();
    }

    public VolumePruneResponse prune(Map<String, List<String>> filters) {
        return wire.call("POST", Target.of("volumes", "prune").filters(filters), null)
                .as(VolumePruneResponse.class);
    }
}
