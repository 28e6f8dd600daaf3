package dev.naru.build;

/** What a step sees at a path. */
public sealed interface BuildMount {
    String target();

    /**
     * A file tree, or a part of one.
     *
     * @param input index of the vertex' input, {@link Operation#NONE} for an empty tree
     * @param selector path within the input, {@code /} or empty for all
     * @param output index among the vertex' outputs of what the step leaves here, {@link Operation#NONE} to drop it
     */
    record Bind(String target, int input, String selector, boolean readOnly, int output) implements BuildMount {}

    /** A directory that outlives the build. {@code input} is what it begins with. */
    record Cache(String target, String id, Sharing sharing, int input, String selector, boolean readOnly)
            implements BuildMount {}

    /**
     * A file system in memory.
     *
     * @param size limit in bytes, 0 for the system's
     */
    record Tmpfs(String target, long size) implements BuildMount {}

    record Secret(String target, String id, int uid, int gid, int mode, boolean optional) implements BuildMount {}

    /** The socket of the client's agent. */
    record Ssh(String target, String id, int uid, int gid, int mode, boolean optional) implements BuildMount {}

    /** Who may hold a cache at a time. */
    enum Sharing {
        SHARED,
        /** A second user gets a new one. */
        PRIVATE,
        /** A second user waits. */
        LOCKED
    }
}
