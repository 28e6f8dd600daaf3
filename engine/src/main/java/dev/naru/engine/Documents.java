package dev.naru.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.naru.json.LongTexts;
import dev.naru.wire.EventMessage;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;

/** The JSON of what the engine keeps in its database. */
final class Documents {
    /** Kind of {@link ContainerRecord} documents. */
    static final String CONTAINERS = "containers";
    /** Kind of {@link ContainerStatus} documents. */
    static final String STATES = "states";

    /** Kind of {@link HealthStatus} documents, by container. */
    static final String HEALTH = "health";
    /** Kind of {@link ExecRecord} documents. */
    static final String EXECS = "execs";

    private final JsonType<ContainerRecord> records;
    private final JsonType<ContainerStatus> states;
    private final JsonType<EventMessage> events;
    private final JsonType<HealthStatus> health;
    private final JsonType<ExecRecord> execs;

    Documents() {
        Jsonb json = Jsonb.builder().adapter(LongTexts.stream()).build();
        records = json.type(ContainerRecord.class);
        states = json.type(ContainerStatus.class);
        events = json.type(EventMessage.class);
        health = json.type(HealthStatus.class);
        execs = json.type(ExecRecord.class);
    }

    byte[] bytes(ContainerRecord record) {
        return records.toJsonBytes(record);
    }

    byte[] bytes(ContainerStatus status) {
        return states.toJsonBytes(status);
    }

    byte[] bytes(EventMessage event) {
        return events.toJsonBytes(event);
    }

    byte[] bytes(HealthStatus status) {
        return health.toJsonBytes(status);
    }

    byte[] bytes(ExecRecord exec) {
        return execs.toJsonBytes(exec);
    }

    HealthStatus health(byte[] body) {
        return health.fromJson(body);
    }

    ExecRecord exec(byte[] body) {
        return execs.fromJson(body);
    }

    ContainerRecord record(byte[] body) {
        return records.fromJson(body);
    }

    ContainerStatus status(byte[] body) {
        return states.fromJson(body);
    }

    EventMessage event(byte[] body) {
        return events.fromJson(new String(body, UTF_8));
    }
}
