package dev.naru.engine;

import java.util.Collection;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** All containers of an engine: in memory for reading, in the database for good. */
interface ContainerRegistry {
    /**
     * The container of that id, beginning of an id, or name.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND {@code No such container: x}
     */
    Container get(String idOrName);

    Optional<Container> find(String idOrName);

    Collection<Container> all();

    /**
     * Writes a container's next status together with its event, then shows it. The caller holds the container's lock.
     *
     * @param action the event's action such as {@code start}; null for no event
     */
    void change(
            Container container,
            UnaryOperator<ContainerStatus> next,
            @org.jspecify.annotations.Nullable String action,
            java.util.Map<String, String> attributes);

    /** Writes a container's changed record with its event (rename, update), then shows it. */
    void change(Container container, ContainerRecord next, String action, java.util.Map<String, String> attributes);
}
