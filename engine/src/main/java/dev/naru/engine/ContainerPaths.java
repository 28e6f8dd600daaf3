package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/** Where an engine keeps what belongs to one container. Pure arithmetic: nothing is made or looked at. */
final class ContainerPaths {
    private final Path records;
    private final Path states;

    ContainerPaths(Path dataRoot, Path execRoot) {
        this.records = requireNonNull(dataRoot, "dataRoot").toAbsolutePath().resolve("containers");
        this.states = requireNonNull(execRoot, "execRoot").toAbsolutePath().resolve("c");
    }

    ContainerPaths(EngineConfig config) {
        this(config.dataRoot(), config.execRoot());
    }

    /** The parent of all record directories; a directory's name is the container's id. */
    Path records() {
        return records;
    }

    /** The parent of all state directories; a directory's name is the first 24 digits of the container's id. */
    Path states() {
        return states;
    }

    /** Durable: logs, exit record, and the files that are bound over those of the image. */
    Path record(String id) {
        return records.resolve(id);
    }

    /** Sockets and the like, lost with a reboot. Short, because a socket's path has 107 bytes at most. */
    Path state(String id) {
        return states.resolve(id.substring(0, Math.min(24, id.length())));
    }

    Path jsonLog(String id) {
        return record(id).resolve(id + "-json.log");
    }

    Path localLog(String id) {
        return record(id).resolve("local-logs").resolve("container.log");
    }

    Path hosts(String id) {
        return record(id).resolve("hosts");
    }

    Path hostname(String id) {
        return record(id).resolve("hostname");
    }

    Path resolvConf(String id) {
        return record(id).resolve("resolv.conf");
    }

    /** Where the memory that a container shares with others ({@code --ipc shareable}) is mounted on the host. */
    Path sharedMemory(String id) {
        return record(id).resolve("shm");
    }
}
