package dev.naru.engine;

import dev.naru.wire.ContainerConfig;
import dev.naru.wire.ContainerConfigBuilder;
import dev.naru.wire.HostConfigBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Containers in memory, for what reads them. */
final class TestContainers implements ContainerRegistry {
    private final Map<String, Container> containers = new LinkedHashMap<>();

    /** A container whose id is its name's characters repeated. */
    Container add(String name, ContainerStatus status, Map<String, String> labels) {
        ContainerConfig config = ContainerConfigBuilder.builder()
                .labels(labels)
                .cmd(List.of("true"))
                .build();
        String id = name.repeat(64).substring(0, 64);
        ContainerRecord record = new ContainerRecord(
                id,
                name,
                1_000_000_000L,
                "",
                "image",
                config,
                HostConfigBuilder.builder().build(),
                null,
                "true",
                List.of(),
                List.of(),
                "linux");
        Container container = new Container(record, status);
        containers.put(id, container);
        return container;
    }

    static ContainerStatus phase(ContainerStatus.Phase phase) {
        return ContainerStatusBuilder.builder(ContainerStatus.CREATED)
                .phase(phase)
                .build();
    }

    void put(Container container) {
        containers.put(container.id(), container);
    }

    void forget(Container container) {
        containers.remove(container.id());
    }

    @Override
    public Container get(String idOrName) {
        return find(idOrName)
                .orElseThrow(() -> dev.naru.error.NaruException.notFound("No such container: " + idOrName));
    }

    @Override
    public Optional<Container> find(String idOrName) {
        return new ArrayList<>(containers.values())
                .stream()
                        .filter(each -> each.id().equals(idOrName)
                                || each.record().name().equals(idOrName))
                        .findFirst();
    }

    @Override
    public Collection<Container> all() {
        return List.copyOf(containers.values());
    }

    @Override
    public void change(
            Container container,
            UnaryOperator<ContainerStatus> next,
            @Nullable String action,
            Map<String, String> attributes) {
        container.status(next.apply(container.status()));
    }

    @Override
    public void change(Container container, ContainerRecord next, String action, Map<String, String> attributes) {
        container.record(next);
    }
}
