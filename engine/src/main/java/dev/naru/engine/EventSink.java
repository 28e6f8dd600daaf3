package dev.naru.engine;

import java.util.Map;

/** Takes what happened to images, volumes and networks; containers write their events with their state. */
@FunctionalInterface
interface EventSink {
    /**
     * Records an event that has just happened.
     *
     * @param type {@code image}, {@code volume}, {@code network}, ...
     * @param action such as {@code tag}
     * @param id of the object
     * @param attributes of the object; its {@code name} among them
     */
    void publish(String type, String action, String id, Map<String, String> attributes);

    /** Records one that is described already. */
    default void publish(Happening happening) {
        publish(happening.type(), happening.action(), happening.actorId(), happening.attributes());
    }
}
