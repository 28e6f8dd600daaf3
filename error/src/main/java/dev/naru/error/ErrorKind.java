package dev.naru.error;

/** The kinds of failure that callers tell apart. Each door maps a kind to its own status in one table. */
public enum ErrorKind {
    /** The request makes no sense, whatever the state of the engine. */
    INVALID,
    /** The named object does not exist. */
    NOT_FOUND,
    /** The object's present state forbids the operation. */
    CONFLICT,
    /** The object is already in the state asked for. */
    NOT_MODIFIED,
    /** The caller may not do this. */
    FORBIDDEN,
    /** Credentials are missing or wrong. */
    UNAUTHORIZED,
    /** A thing outside the engine (disk, memory, registry) cannot serve now; the same request may succeed later. */
    UNAVAILABLE,
    /** The host's kernel or this build lacks what was asked for. */
    NOT_SUPPORTED,
    /** The container's command does not exist in its file system: exit code 127. */
    COMMAND_NOT_FOUND,
    /** The container's command cannot be executed: exit code 126. */
    COMMAND_NOT_EXECUTABLE,
    /** A defect of the engine, or of the machine under it. */
    INTERNAL
}
