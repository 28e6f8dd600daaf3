package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.engine.ContainerService.LogSession;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.RunningContainer;
import dev.naru.wire.LogConfig;

/** Reads the logs of containers. */
final class LogReader implements AutoCloseable {
    private final ContainerPaths paths;
    private final DirectoryWatch watch = new DirectoryWatch();

    LogReader(ContainerPaths paths) {
        this.paths = requireNonNull(paths, "paths");
    }

    /**
     * Prepares reading. A container that does not run is not followed.
     *
     * @throws NaruException INVALID without a stream, NOT_SUPPORTED when its log driver keeps nothing
     */
    LogSession open(Container container, LogQuery query) {
        if (!query.stdout() && !query.stderr()) {
            throw NaruException.invalid("Bad parameters: you must choose at least one stream");
        }
        String id = container.id();
        LogConfig logConfig = container.record().hostConfig().logConfig();
        String driver = logConfig == null || logConfig.type() == null ? "json-file" : logConfig.type();
        boolean tty = Boolean.TRUE.equals(container.record().config().tty());
        RunningContainer followed = query.follow() ? container.running() : null;
        return switch (driver) {
            case "json-file", "" ->
                new RecordedOutput(paths.jsonLog(id), new JsonLogFormat(), query, tty, followed, watch);
            case "local" -> new RecordedOutput(paths.localLog(id), new LocalLogFormat(), query, tty, followed, watch);
            default ->
                throw new NaruException(ErrorKind.NOT_SUPPORTED, "configured logging driver does not support reading");
        };
    }

    @Override
    public void close() {
        watch.close();
    }
}
