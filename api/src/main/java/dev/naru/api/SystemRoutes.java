package dev.naru.api;

import dev.naru.engine.EventService;
import dev.naru.error.NaruException;
import dev.naru.wire.CheckFinding;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The System group of the Engine API. */
final class SystemRoutes {
    private static final Set<String> TYPES = Set.of("container", "image", "volume", "build-cache");

    private SystemRoutes() {}

    static void route(Call call) throws IOException {
        switch (call.request().method() + " " + call.path().join(0, call.path().size())) {
            case "GET _ping", "HEAD _ping" -> ping(call);
            case "GET info" ->
                call.sendJson(
                        200,
                        OlderShape.info(
                                call.version(), Json.line(call.engine().system().info())));
            case "GET version" -> call.json(200, call.engine().system().version());
            case "GET events" -> events(call);
            case "GET system/df" -> diskUsage(call);
            case "POST system/check" -> check(call);
            case "POST auth" -> TransferRoutes.login(call);
            default -> throw Call.pageNotFound();
        }
    }

    /** Answers without the engine, so that a client knows at once that somebody is there. */
    private static void ping(Call call) throws IOException {
        call.exchange()
                .headers()
                // The classic builder: with 2 the command line would look for BuildKit behind /grpc.
                .set("Builder-Version", "2")
                .set("Swarm", "inactive")
                .set("Cache-Control", "no-cache, no-store, must-revalidate")
                .set("Pragma", "no-cache")
                .set("Content-Type", "text/plain; charset=utf-8");
        boolean head = call.request().method().equals("HEAD");
        call.exchange().send(200, head ? new byte[0] : "OK".getBytes(StandardCharsets.US_ASCII));
    }

    private static void events(Call call) throws IOException {
        long since = Timestamp.parse(call.text("since"));
        long until = Timestamp.parse(call.text("until"));
        if (until != 0 && since > until) {
            throw NaruException.invalid("`since` time (" + call.text("since") + ") cannot be after `until` time ("
                    + call.text("until") + ")");
        }
        var filters = call.filters();
        var events = call.engine().events();
        EventService.check(filters);
        call.exchange().interruptWhenClientLeaves();
        var late = new LateStream(call.exchange(), "application/json");
        OutputStream output = late.open();
        events.stream(
                since,
                until,
                filters,
                event -> StreamRoutes.unchecked(() -> {
                    output.write(Json.line(LegacyEvent.of(event)));
                    output.flush();
                }));
    }

    private static void diskUsage(Call call) throws IOException {
        var types = new LinkedHashSet<String>();
        // Clients before 1.42 know no types and get all of it.
        for (String type :
                call.version().before(42) ? List.<String>of() : call.query().all("type")) {
            if (!TYPES.contains(type)) {
                throw NaruException.invalid("unknown object type: " + type);
            }
            types.add(type);
        }
        call.sendJson(
                200,
                OlderShape.diskUsage(
                        call.version(), Json.line(call.engine().system().diskUsage(types))));
    }

    /** Naru's own: compares disk, kernel and database. */
    private static void check(Call call) throws IOException {
        boolean repair = call.flag("repair");
        if (call.flag("details")) {
            call.json(200, CheckFinding.class, call.engine().system().examine(repair));
        } else {
            call.json(200, String.class, call.engine().system().check(repair));
        }
    }
}
