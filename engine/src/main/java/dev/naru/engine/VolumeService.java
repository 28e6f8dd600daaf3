package dev.naru.engine;

import dev.naru.wire.Volume;
import dev.naru.wire.VolumeCreateOptions;
import dev.naru.wire.VolumeListResponse;
import dev.naru.wire.VolumePruneResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Volumes, and what they hold as tar streams. */
public interface VolumeService {
    VolumeListResponse list(Filters filters);

    Volume create(VolumeCreateOptions request);

    Volume inspect(String name);

    void remove(String name, boolean force);

    VolumePruneResponse prune(Filters filters);

    /**
     * Opens what a volume holds for reading: owners, times to the nanosecond, all extended attributes.
     *
     * @param freeze whether the containers that use it stand still while it is read, so that all of it is of one moment
     */
    Backup backup(String name, boolean freeze);

    /**
     * Gives a volume, which is made when there is none, what a backup has.
     *
     * @param replace whether data that it has is dropped
     * @throws dev.naru.error.NaruException CONFLICT when it has data, or when a running container uses it
     */
    void restore(String name, InputStream tar, boolean replace);

    /** A volume's data on its way out. */
    interface Backup extends AutoCloseable {
        void writeTo(OutputStream tar) throws IOException;

        @Override
        void close();
    }
}
