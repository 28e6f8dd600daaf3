package dev.naru.api;

import dev.naru.engine.ExecService;
import dev.naru.engine.StreamSession;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Hijacked;
import dev.naru.wire.ExecCreateRequest;
import dev.naru.wire.ExecStartRequest;
import dev.naru.wire.IDResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The Exec group of the Engine API. */
final class ExecRoutes {
    private ExecRoutes() {}

    static void create(Call call, String container) throws IOException {
        ExecCreateRequest request = call.bodyOrEmpty(ExecCreateRequest.class);
        if (request.cmd() == null || request.cmd().isEmpty()) {
            throw NaruException.invalid("No exec command specified");
        }
        call.json(201, new IDResponse(call.engine().execs().create(container, request)));
    }

    static void route(Call call) throws IOException {
        if (call.path().size() != 3) {
            throw Call.pageNotFound();
        }
        String id = call.path().get(1);
        switch (call.verb(call.path().get(2))) {
            case "GET json" -> call.json(200, call.engine().execs().inspect(id));
            case "POST start" -> start(call, id);
            case "POST resize" -> {
                call.engine().execs().resize(id, Size.rows(call), Size.columns(call));
                call.empty(200);
            }
            default -> throw Call.pageNotFound();
        }
    }

    private static void start(Call call, String id) throws IOException {
        ExecStartRequest request = call.bodyOrEmpty(ExecStartRequest.class);
        ExecService execs = call.engine().execs();
        if (Boolean.TRUE.equals(request.detach())) {
            execs.startDetached(id);
            call.empty(200);
            return;
        }
        boolean tty = Boolean.TRUE.equals(request.tty());
        try (StreamSession session = execs.start(id, tty, request.consoleSize())) {
            AttachRoutes.serve(call, session, tty);
        } catch (NaruException e) {
            if (call.exchange().answered() || e.kind() == ErrorKind.NOT_FOUND) {
                throw e;
            }
            tell(call, tty, e.getMessage());
        }
    }

    /** Docker has said yes by then: a command that cannot run is told on the stream, and by the exec's exit code. */
    private static void tell(Call call, boolean tty, @org.jspecify.annotations.Nullable String message)
            throws IOException {
        boolean framed = call.request().upgrades() && !tty && !call.version().before(42);
        call.exchange().headers().set("Content-Type", framed ? StreamRoutes.MULTIPLEXED : StreamRoutes.RAW);
        Hijacked connection = call.exchange().hijack();
        byte[] text = (message + "\r\n").getBytes(StandardCharsets.UTF_8);
        connection.output().write(tty ? text : frame(text));
    }

    private static byte[] frame(byte[] text) {
        return ByteBuffer.allocate(8 + text.length)
                .putInt(1 << 24)
                .putInt(text.length)
                .put(text)
                .array();
    }
}
