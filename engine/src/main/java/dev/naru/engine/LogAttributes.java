package dev.naru.engine;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The attributes of an entry as {@code --details} shows them: {@code a=1,b=2}, sorted and with escapes of URLs. */
final class LogAttributes {
    private static final byte[] NONE = {};

    private LogAttributes() {}

    static byte[] text(LogEntry entry) {
        if (entry.attributesEnd == entry.attributesStart) {
            return NONE;
        }
        String json = new String(
                entry.buffer,
                entry.attributesStart,
                entry.attributesEnd - entry.attributesStart,
                StandardCharsets.UTF_8);
        return text(json).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(String json) {
        Map<String, Object> attributes;
        try {
            attributes = new TreeMap<>(JsonValues.object(json));
        } catch (RuntimeException e) {
            // A damaged entry: its text is still worth showing.
            return "";
        }
        return attributes.entrySet().stream()
                .map(attribute -> escape(attribute.getKey()) + "=" + escape(String.valueOf(attribute.getValue())))
                .collect(Collectors.joining(","));
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
