package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Images;
import dev.naru.network.NetworkDrivers;
import dev.naru.network.NetworkSandboxes;
import dev.naru.runtime.HostFeatures;
import dev.naru.store.Store;
import dev.naru.volume.Volumes;

/** What an engine stands on. */
record Rooms(
        Store store,
        Images images,
        Volumes volumes,
        NetworkDrivers driver,
        NetworkSandboxes sandboxes,
        HostFeatures host,
        UserRemap remap) {
    Rooms {
        requireNonNull(store, "store");
        requireNonNull(images, "images");
        requireNonNull(volumes, "volumes");
        requireNonNull(driver, "driver");
        requireNonNull(sandboxes, "sandboxes");
        requireNonNull(host, "host");
        requireNonNull(remap, "remap");
    }
}
