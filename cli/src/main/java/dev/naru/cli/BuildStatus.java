package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.ProtoFields;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns what the engine says of a build's state (StatusResponse) into events for a display. */
final class BuildStatus {
    private final BuildDisplay display;
    private final String label;
    private final @Nullable PrintStream raw;

    /**
     * For one build.
     *
     * @param label of the build among several, empty for an only one
     * @param raw gets each message as JSON, as {@code docker buildx --progress rawjson} writes it; null for nowhere
     */
    BuildStatus(BuildDisplay display, String label, @Nullable PrintStream raw) {
        this.display = requireNonNull(display, "display");
        this.label = requireNonNull(label, "label");
        this.raw = raw;
    }

    void hear(byte[] message) throws IOException {
        ProtoFields status = ProtoFields.of(message);
        status.messages(1).forEach(this::vertex);
        status.messages(2).forEach(this::moved);
        status.messages(3).forEach(this::output);
        status.messages(4).forEach(this::warning);
        if (raw != null) {
            raw(status, raw);
        }
    }

    private void vertex(ProtoFields vertex) {
        if (!vertex.has(5)) {
            return;
        }
        Map<String, @Nullable Object> event = event("started", vertex.text(1));
        event.put("name", name(vertex.text(3)));
        display.event(event);
        if (!vertex.text(7).isEmpty()) {
            event.put("event", "failed");
            event.put("message", vertex.text(7));
            display.event(event);
        } else if (vertex.has(6)) {
            event.put("event", "completed");
            event.put("cached", vertex.truth(4));
            display.event(event);
        }
    }

    private String name(String name) {
        if (label.isEmpty()) {
            return name;
        }
        return name.startsWith("[") ? "[" + label + " " + name.substring(1) : "[" + label + "] " + name;
    }

    private Map<String, @Nullable Object> event(String kind, String digest) {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("event", kind);
        event.put("step", label + digest);
        return event;
    }

    private void moved(ProtoFields status) {
        Map<String, @Nullable Object> event = event("moved", status.text(2));
        event.put("id", status.text(1));
        event.put("current", status.number(4));
        event.put("total", status.number(5));
        event.put("done", status.has(8));
        display.event(event);
    }

    private void output(ProtoFields log) {
        Map<String, @Nullable Object> event = event("output", log.text(1));
        event.put("data", Base64.getEncoder().encodeToString(log.bytes(4)));
        display.event(event);
    }

    private void warning(ProtoFields warning) {
        Map<String, @Nullable Object> event = event("warning", warning.text(1));
        event.put("message", warning.text(3));
        display.event(event);
    }

    private static void raw(ProtoFields status, PrintStream out) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        put(
                all,
                "vertexes",
                status.messages(1),
                vertex -> fields(
                        "digest", vertex.text(1),
                        "name", vertex.text(3),
                        "started", time(vertex, 5),
                        "completed", time(vertex, 6),
                        "cached", vertex.truth(4) ? Boolean.TRUE : null,
                        "error", vertex.text(7)));
        put(
                all,
                "statuses",
                status.messages(2),
                each -> fields(
                        "id", each.text(1),
                        "vertex", each.text(2),
                        "name", each.text(3),
                        "total", each.number(5),
                        "current", each.number(4),
                        "timestamp", time(each, 6),
                        "started", time(each, 7),
                        "completed", time(each, 8)));
        put(
                all,
                "logs",
                status.messages(3),
                log -> fields(
                        "vertex", log.text(1),
                        "stream", log.number(3),
                        "data", Base64.getEncoder().encodeToString(log.bytes(4)),
                        "timestamp", time(log, 2)));
        put(
                all,
                "warnings",
                status.messages(4),
                warning -> fields(
                        "vertex", warning.text(1),
                        "level", warning.number(2),
                        "short", Base64.getEncoder().encodeToString(warning.bytes(3)),
                        "url", warning.text(5)));
        out.println(JsonText.compact(all));
    }

    private static void put(
            Map<String, @Nullable Object> all,
            String name,
            List<ProtoFields> messages,
            Function<ProtoFields, Map<String, @Nullable Object>> form) {
        if (!messages.isEmpty()) {
            List<@Nullable Object> list = new ArrayList<>();
            messages.forEach(each -> list.add(form.apply(each)));
            all.put(name, list);
        }
    }

    private static Map<String, @Nullable Object> fields(@Nullable Object... pairs) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] != null && !pairs[i + 1].equals("")) {
                fields.put(String.valueOf(pairs[i]), pairs[i + 1]);
            }
        }
        return fields;
    }

    private static @Nullable String time(ProtoFields fields, int field) {
        if (!fields.has(field)) {
            return null;
        }
        ProtoFields time = fields.message(field);
        return Instant.ofEpochSecond(time.number(1), time.number(2)).toString();
    }
}
