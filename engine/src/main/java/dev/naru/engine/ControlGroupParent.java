package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The control group above an engine's containers; it goes with the engine unless containers go on in it. */
final class ControlGroupParent implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final String name;

    ControlGroupParent(String bridge) {
        requireNonNull(bridge, "bridge");
        this.name = bridge.startsWith("naru") ? bridge : "naru-" + bridge;
    }

    @Override
    public void close() {
        for (String hierarchy : Directories.names(ROOT)) {
            remove(ROOT.resolve(hierarchy).resolve(name));
        }
        remove(ROOT.resolve(name));
    }

    /** The kernel refuses to remove a group that has others below it. */
    private static void remove(Path group) {
        try {
            Files.deleteIfExists(group);
        } catch (IOException inUse) {
            return;
        }
    }
}
