package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.wire.ContainerCreateRequest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** What containers of tests write. */
final class ContainerOutput {
    private ContainerOutput() {}

    /** Runs one to its end; answers its id. */
    static String ended(Engine engine, ContainerCreateRequest request) throws Exception {
        String id =
                requireNonNull(engine.containers().create(null, null, request).id());
        try (var waiter = engine.containers().waiter(id, "next-exit")) {
            engine.containers().start(id, null);
            waiter.await();
        }
        return id;
    }

    /** Runs one to its end; answers what it wrote. */
    static String of(Engine engine, ContainerCreateRequest request) throws Exception {
        return logged(engine, ended(engine, request));
    }

    /** All that one has written until now. */
    static String logged(Engine engine, String id) throws Exception {
        var output = new ByteArrayOutputStream();
        try (var session = engine.containers().logs(id, new LogQuery(false, true, true, 0, 0, false, -1, false))) {
            session.writeTo(output);
        }
        return unframed(output.toByteArray());
    }

    /** Both streams' bytes, as they came. */
    static String unframed(byte[] frames) {
        var text = new HealthOutput();
        text.take(ByteBuffer.wrap(frames));
        return text.toString();
    }
}
