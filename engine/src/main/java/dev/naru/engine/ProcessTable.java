package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.runtime.RunningContainer;
import dev.naru.wire.ContainerTopResponse;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code docker top} shows, in the way of {@code ps} and read from procfs. */
final class ProcessTable {
    private ProcessTable() {}

    /**
     * The processes of a container.
     *
     * @param arguments those of ps; null for {@code -ef}
     * @throws NaruException CONFLICT when it does not run
     */
    static ContainerTopResponse of(Container container, @Nullable String arguments) {
        RunningContainer running = container.running();
        ContainerStatus.Phase phase = container.status().phase();
        if (phase == ContainerStatus.Phase.RESTARTING) {
            throw NaruException.conflict(
                    "Container " + container.id() + " is restarting, wait until the container is running");
        }
        if (running == null || !phase.alive()) {
            throw NaruException.conflict("container " + container.id() + " is not running");
        }
        List<ProcessFormat.Shown> columns =
                ProcessFormat.parse(arguments == null || arguments.isBlank() ? "-ef" : arguments);
        PsHost host = new PsHost();
        List<List<String>> rows = running.pids().stream()
                .sorted()
                .map(ProcessFacts::read)
                .flatMap(Optional::stream)
                .map(process -> columns.stream()
                        .map(shown -> shown.column().text(process, host))
                        .toList())
                .toList();
        return new ContainerTopResponse(
                columns.stream().map(ProcessFormat.Shown::header).toList(), rows);
    }
}
