package dev.naru.client;

import dev.naru.wire.DiskUsage;
import dev.naru.wire.EventMessage;
import dev.naru.wire.SystemInfo;
import dev.naru.wire.SystemVersion;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The System group of the Engine API. */
public final class SystemClient {
    private final Wire wire;

    SystemClient(Wire wire) {
        this.wire = wire;
    }

    /** Answers when the engine is there. */
    public void ping() {
        wire.call("GET", Target.of("_ping"), null).done();
    }

    public SystemInfo info() {
        return wire.call("GET", Target.of("info"), null).as(SystemInfo.class);
    }

    public SystemVersion version() {
        return wire.call("GET", Target.of("version"), null).as(SystemVersion.class);
    }

    /** What images, containers and volumes take; empty for all types. */
    public DiskUsage diskUsage(List<String> types) {
        return wire.call("GET", Target.of("system", "df").all("type", types), null)
                .as(DiskUsage.class);
    }

    /** Gives events to the sink until {@code until}, or until the sink throws. */
    public void events(
            @Nullable String since,
            @Nullable String until,
            Map<String, List<String>> filters,
            Consumer<EventMessage> sink) {
        Target target =
                Target.of("events").with("since", since).with("until", until).filters(filters);
        wire.call("GET", target, null).lines(EventMessage.class, sink);
    }

    /** Naru's own: compares disk, kernel and database, and mends what it finds when told so. */
    public List<String> check(boolean repair) {
        Target target = Target.of("system", "check").flag("repair", repair);
        return wire.call("POST", target, null).asList(String.class);
    }
}
