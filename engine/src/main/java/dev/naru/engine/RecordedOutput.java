package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.runtime.RunningContainer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a container has written, and while one follows, what it writes. */
final class RecordedOutput implements ContainerService.LogSession {
    private final Path file;
    private final LogFormat format;
    private final LogQuery query;
    private final boolean tty;
    private final @Nullable RunningContainer followed;
    private final DirectoryWatch watch;
    private final Semaphore news = new Semaphore(0);
    private volatile boolean ended;
    private volatile boolean closed;
    private boolean satisfied;

    /** @param followed the container to wait for at the end of the log; null not to follow */
    RecordedOutput(
            Path file,
            LogFormat format,
            LogQuery query,
            boolean tty,
            @Nullable RunningContainer followed,
            DirectoryWatch watch) {
        this.file = requireNonNull(file, "file");
        this.format = requireNonNull(format, "format");
        this.query = requireNonNull(query, "query");
        this.tty = tty;
        this.followed = followed;
        this.watch = requireNonNull(watch, "watch");
    }

    @Override
    public boolean tty() {
        return tty;
    }

    @Override
    public void writeTo(OutputStream output) throws IOException {
        LogOutput sink = new LogOutput(output, query, !tty);
        try {
            if (followed == null) {
                copyAll(sink);
            } else {
                follow(followed, sink);
            }
            sink.flush();
        } catch (InterruptedException | ClosedByInterruptException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void copyAll(LogOutput sink) throws IOException {
        Optional<OpenLog> last = copy(new LogScanner(format, sink));
        last.ifPresent(OpenLog::close);
    }

    private void follow(RunningContainer container, LogOutput sink) throws IOException, InterruptedException {
        Thread exit = Thread.ofVirtual().name("naru-log-exit").start(() -> awaitExit(container));
        LogScanner scanner = new LogScanner(format, sink);
        OpenLog current = null;
        try (DirectoryWatch.Registration _ = watch.watch(requireNonNull(file.getParent()), this::wake)) {
            boolean whole = ended;
            Optional<OpenLog> last = copy(scanner);
            if (last.isEmpty() && passed()) {
                return;
            }
            current = last.orElse(null);
            while (!closed) {
                Optional<OpenLog> next =
                        current == null ? OpenLog.open(file, false) : LogFiles.successor(file, current);
                if (!drain(scanner, current)) {
                    return;
                }
                if (next.isPresent()) {
                    scanner.dropPending();
                    if (current != null) {
                        current.close();
                    }
                    current = next.get();
                    continue;
                }
                sink.flush();
                if (whole || passed()) {
                    return;
                }
                await();
                whole = ended;
            }
        } finally {
            exit.interrupt();
            if (current != null) {
                current.close();
            }
        }
    }

    private static boolean drain(LogScanner scanner, @Nullable OpenLog current) throws IOException {
        if (current == null) {
            return true;
        }
        if (current.rewindWhenCut(scanner.pending())) {
            scanner.dropPending();
        }
        return scanner.drain(current.input());
    }

    /** Copies what there is; answers the last file, still open, unless no more is wanted of it. */
    private Optional<OpenLog> copy(LogScanner scanner) throws IOException {
        List<OpenLog> files = LogFiles.open(file);
        int first = query.tail() < 0 ? 0 : LogTail.seek(files, format, query.tail());
        Optional<OpenLog> open = Optional.empty();
        boolean more = true;
        for (int i = 0; i < files.size(); i++) {
            OpenLog log = files.get(i);
            boolean last = i == files.size() - 1;
            if (more && i >= first) {
                more = scanner.drain(log.input());
            }
            if (last && more) {
                open = Optional.of(log);
            } else {
                scanner.dropPending();
                log.close();
            }
        }
        satisfied = !more;
        return open;
    }

    private boolean passed() {
        return satisfied || (query.until() > 0 && Timestamps.now() > query.until());
    }

    private void await() throws InterruptedException {
        if (query.until() > 0) {
            boolean _ = news.tryAcquire(Math.max(1, query.until() - Timestamps.now()), TimeUnit.NANOSECONDS);
        } else {
            news.acquire();
        }
        news.drainPermits();
    }

    private void awaitExit(RunningContainer container) {
        try {
            container.awaitExit();
        } catch (InterruptedException e) {
            return;
        }
        ended = true;
        wake();
    }

    private void wake() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        wake();
    }
}
