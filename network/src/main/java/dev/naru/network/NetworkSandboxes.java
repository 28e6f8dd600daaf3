package dev.naru.network;

import java.nio.file.Path;

/** Makes network namespaces; may keep a few ready, because making one on the hot path is felt. */
public interface NetworkSandboxes extends AutoCloseable {
    /** A fresh namespace with its loopback interface up. */
    NetworkSandbox take(String containerId);

    /** A fresh namespace for a container that is going to be attached to this network; part of that may be done already. */
    default NetworkSandbox take(String containerId, NetworkSpec network) {
        return take(containerId);
    }

    /** The namespace of a running process, such as a container's first one. */
    NetworkSandbox ofProcess(int pid);

    /** The namespace of a running process that is going to be answered names for the first time. */
    default NetworkSandbox ofProcessWithNames(int pid) {
        return ofProcess(pid);
    }

    /** The fresh namespace of a process that was born into it, made like one of {@link #take(String)}. */
    default NetworkSandbox madeBy(int pid) {
        return ofProcess(pid);
    }

    /** Opens a namespace by path. */
    NetworkSandbox open(Path path);

    /** Removes ready ones and everything an earlier engine left here. */
    @Override
    void close();
}
