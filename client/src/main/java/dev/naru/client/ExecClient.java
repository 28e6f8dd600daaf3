package dev.naru.client;

import dev.naru.http.Hijacked;
import dev.naru.wire.ExecCreateRequest;
import dev.naru.wire.ExecInspect;
import dev.naru.wire.ExecStartRequest;
import dev.naru.wire.IDResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Exec group of the Engine API. */
public final class ExecClient {
    private final Wire wire;

    ExecClient(Wire wire) {
        this.wire = wire;
    }

    /** Prepares a process in a running container; answers its id. */
    public String create(String container, ExecCreateRequest request) {
        IDResponse created = wire.call("POST", Target.of("containers", container, "exec"), request)
                .as(IDResponse.class);
        String id = created.id();
        if (id == null) {
            throw new ApiException(0, "the engine gave the exec no id");
        }
        return id;
    }

    /** Starts it and leaves it alone. */
    public void startDetached(String id) {
        wire.call("POST", Target.of("exec", id, "start"), new ExecStartRequest(true, false, null))
                .done();
    }

    /** Starts it; its streams are framed unless it has a terminal, see {@link Frames}. */
    public Hijacked start(String id, boolean tty, @Nullable List<Integer> consoleSize) {
        return wire.hijack(
                Target.of("exec", id, "start").toString(), Wire.json(new ExecStartRequest(false, tty, consoleSize)));
    }

    public void resize(String id, int rows, int columns) {
        wire.call("POST", Target.of("exec", id, "resize").with("h", rows).with("w", columns), null)
                .done();
    }

    public ExecInspect inspect(String id) {
        return wire.call("GET", Target.of("exec", id, "json"), null).as(ExecInspect.class);
    }
}
