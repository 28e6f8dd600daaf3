package dev.naru.engine;

import dev.naru.wire.Volume;
import dev.naru.wire.VolumeCreateOptions;
import dev.naru.wire.VolumeListResponse;
import dev.naru.wire.VolumePruneResponse;

/** Volumes. */
public interface VolumeService {
    VolumeListResponse list(Filters filters);

    Volume create(VolumeCreateOptions request);

    Volume inspect(String name);

    void remove(String name, boolean force);

    VolumePruneResponse prune(Filters filters);
}
