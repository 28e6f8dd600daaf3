package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.ContainerRuntime;
import dev.naru.runtime.LaunchRequest;
import dev.naru.runtime.RunningContainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A runtime whose containers are plain processes of the host: all of a container's life, nothing of its walls. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class HostProcesses implements ContainerRuntime {
    final Map<String, HostContainer> containers = new ConcurrentHashMap<>();

    @Override
    public RunningContainer launch(LaunchRequest request) {
        List<String> command = request.spec().process().args();
        if (command.getFirst().startsWith("/") && !Files.exists(Path.of(command.getFirst()))) {
            throw new NaruException(ErrorKind.COMMAND_NOT_FOUND, "no such program");
        }
        var container = new HostContainer(
                request.id(), command, request.standardStreams().openStdin());
        containers.put(request.id(), container);
        return container;
    }

    @Override
    public Optional<RunningContainer> adopt(String id, Path stateDirectory, Path recordDirectory) {
        return Optional.ofNullable(containers.get(id));
    }

    @Override
    public void clear(Path stateDirectory) {
        Directories.delete(stateDirectory);
    }

    @Override
    public void close() {}
}
