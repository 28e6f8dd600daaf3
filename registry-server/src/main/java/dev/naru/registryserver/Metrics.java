package dev.naru.registryserver;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counters since the start, in the text format of Prometheus (exposition format 0.0.4). */
final class Metrics {
    private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder blobs = new LongAdder();
    private final LongAdder mounts = new LongAdder();
    private final LongAdder nanoseconds = new LongAdder();
    private final LongAdder collected = new LongAdder();

    void request(String method, int status, long took) {
        requests.computeIfAbsent("method=\"" + method + "\",code=\"" + status + "\"", key -> new LongAdder())
                .increment();
        nanoseconds.add(took);
    }

    void sent(long bytes) {
        sent.add(bytes);
    }

    void received(long bytes) {
        received.add(bytes);
        blobs.increment();
    }

    void mounted() {
        mounts.increment();
    }

    void collected(long bytes) {
        collected.add(bytes);
    }

    /** @param uploads how many are open now */
    String text(int uploads, int undelivered) {
        var text = new StringBuilder();
        help(text, "naru_registry_requests_total", "counter", "Requests by method and status.");
        new TreeMap<>(requests).forEach((labels, count) -> text.append("naru_registry_requests_total{")
                .append(labels)
                .append("} ")
                .append(count)
                .append('\n'));
        value(text, "naru_registry_request_seconds_total", "counter", "Time spent on requests.", seconds());
        value(text, "naru_registry_blob_bytes_sent_total", "counter", "Bytes of blobs sent.", sent);
        value(text, "naru_registry_blob_bytes_received_total", "counter", "Bytes of blobs received.", received);
        value(text, "naru_registry_blobs_received_total", "counter", "Blobs received.", blobs);
        value(text, "naru_registry_blobs_mounted_total", "counter", "Blobs mounted from another repository.", mounts);
        value(text, "naru_registry_collected_bytes_total", "counter", "Bytes that collection gave back.", collected);
        value(text, "naru_registry_uploads", "gauge", "Uploads that are open.", uploads);
        value(text, "naru_registry_notifications_waiting", "gauge", "Events not delivered yet.", undelivered);
        return text.toString();
    }

    private String seconds() {
        return Double.toString(nanoseconds.sum() / 1e9);
    }

    private static void value(StringBuilder text, String name, String type, String help, Object value) {
        help(text, name, type, help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void help(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
