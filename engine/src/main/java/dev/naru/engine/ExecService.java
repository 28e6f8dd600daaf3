package dev.naru.engine;

import dev.naru.wire.ExecCreateRequest;
import dev.naru.wire.ExecInspect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Processes that are started in running containers. */
public interface ExecService {
    /** Prepares one; answers its id. */
    String create(String container, ExecCreateRequest request);

    /** Starts it and leaves it alone. */
    void startDetached(String execId);

    /**
     * Starts it; the session's output begins with its first byte.
     *
     * @param tty as the client says it in the start request
     * @param consoleSize rows and columns, or null
     */
    StreamSession start(String execId, boolean tty, @Nullable List<Integer> consoleSize);

    void resize(String execId, int rows, int columns);

    ExecInspect inspect(String execId);
}
