package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.wire.EventActor;
import dev.naru.wire.EventMessage;
import java.util.Map;
import java.util.Set;

/** Decides which events a client asked for. */
final class EventFilter {
    private static final Set<String> KNOWN = Set.of(
            "config",
            "container",
            "daemon",
            "event",
            "image",
            "label",
            "network",
            "node",
            "plugin",
            "scope",
            "secret",
            "service",
            "type",
            "volume");
    private static final Set<String> OBJECTS =
            Set.of("config", "container", "daemon", "network", "node", "plugin", "secret", "service", "volume");

    private final Filters filters;

    /** @throws dev.naru.error.NaruException INVALID for an unknown key */
    EventFilter(Filters filters) {
        this.filters = requireNonNull(filters, "filters");
        check(filters);
    }

    /** @throws dev.naru.error.NaruException INVALID for an unknown key */
    static void check(Filters filters) {
        filters.requireKnown(KNOWN);
    }

    boolean accepts(EventMessage event) {
        String type = Values.text(event.type());
        EventActor actor = event.actor();
        String id = actor == null ? "" : Values.text(actor.id());
        Map<String, String> attributes = actor == null ? Map.of() : Values.map(actor.attributes());
        return filters.any("type", type::equals)
                && filters.any("scope", Values.text(event.scope())::equals)
                && filters.any("event", wanted -> isAction(Values.text(event.action()), wanted))
                && filters.matchesLabels("label", attributes)
                && isOfObject(type, id, attributes)
                && isOfImage(type, id, attributes);
    }

    /** {@code exec_create} stands for {@code exec_create: ls} too. */
    private static boolean isAction(String action, String wanted) {
        return action.equals(wanted) || action.startsWith(wanted + ":");
    }

    private boolean isOfObject(String type, String id, Map<String, String> attributes) {
        String name = attributes.getOrDefault("name", "");
        for (String kind : OBJECTS) {
            boolean passes = filters.any(
                    kind, wanted -> kind.equals(type) && (id.startsWith(wanted) || name.startsWith(wanted)));
            if (!passes) {
                return false;
            }
        }
        return true;
    }

    private boolean isOfImage(String type, String id, Map<String, String> attributes) {
        String image = attributes.getOrDefault(type.equals("image") ? "name" : "image", "");
        return filters.any(
                "image",
                wanted ->
                        id.equals(wanted) || image.equals(wanted) || bare(image).equals(bare(wanted)));
    }

    /** Without its tag. */
    private static String bare(String image) {
        int colon = image.lastIndexOf(':');
        return colon > image.lastIndexOf('/') ? image.substring(0, colon) : image;
    }
}
