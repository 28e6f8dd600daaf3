package dev.naru.api;

import dev.naru.wire.EventActor;
import dev.naru.wire.EventMessage;
import java.util.Map;

/** The fields {@code status}, {@code id} and {@code from}, which older clients read instead of action and actor. */
final class LegacyEvent {
    private LegacyEvent() {}

    /** Fills them in for events of containers and images, as dockerd does. */
    @SuppressWarnings("NullAway") // The record takes nulls.
    static EventMessage of(EventMessage event) {
        EventActor actor = event.actor();
        boolean hasThem = "container".equals(event.type()) || "image".equals(event.type());
        if (event.status() != null || actor == null || !hasThem) {
            return event;
        }
        Map<String, String> attributes = actor.attributes();
        return new EventMessage(
                event.action(),
                actor.id() == null || actor.id().isEmpty() ? null : actor.id(),
                attributes == null ? null : attributes.get("image"),
                event.type(),
                event.action(),
                actor,
                event.scope(),
                event.time(),
                event.timeNano());
    }
}
