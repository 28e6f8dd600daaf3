package dev.naru.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Published and exposed ports as {@code ps} shows them, with neighbours joined to ranges. */
final class Ports {
    private Ports() {}

    private record Port(String host, long published, long inside, String protocol) {
        boolean follows(Port before) {
            return host.equals(before.host)
                    && protocol.equals(before.protocol)
                    && inside == before.inside + 1
                    && (published == 0 ? before.published == 0 : published == before.published + 1);
        }
    }

    static String show(List<@Nullable Object> ports) {
        List<Port> sorted = new ArrayList<>();
        for (Object port : ports) {
            sorted.add(new Port(
                    Json.text(port, "IP"),
                    Json.number(port, "PublicPort"),
                    Json.number(port, "PrivatePort"),
                    Json.text(port, "Type")));
        }
        sorted.sort(Comparator.comparing(Port::protocol)
                .thenComparing(Port::host)
                .thenComparingLong(Port::inside)
                .thenComparingLong(Port::published));
        var out = new StringBuilder();
        int at = 0;
        while (at < sorted.size()) {
            int last = at;
            while (last + 1 < sorted.size() && sorted.get(last + 1).follows(sorted.get(last))) {
                last++;
            }
            out.append(out.isEmpty() ? "" : ", ").append(range(sorted.get(at), sorted.get(last)));
            at = last + 1;
        }
        return out.toString();
    }

    private static String range(Port first, Port last) {
        String inside = span(first.inside, last.inside) + "/" + first.protocol;
        if (first.published == 0 && first.host.isEmpty()) {
            return inside;
        }
        String host = first.host.indexOf(':') >= 0 ? "[" + first.host + "]" : first.host;
        return host + ":" + span(first.published, last.published) + "->" + inside;
    }

    private static String span(long first, long last) {
        return first == last ? String.valueOf(first) : first + "-" + last;
    }
}
