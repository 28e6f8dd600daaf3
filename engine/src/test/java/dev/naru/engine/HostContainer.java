package dev.naru.engine;

import dev.naru.oci.Resources;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.ExitRecord;
import dev.naru.runtime.ResourceUsage;
import dev.naru.runtime.RunningContainer;
import dev.naru.runtime.RunningExec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** One process of the host as a container. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class HostContainer implements RunningContainer {
    private final String id;
    private final List<String> command;
    private final boolean openStdin;
    private final List<HostAttachment> attachments = new CopyOnWriteArrayList<>();
    private final CompletableFuture<ExitRecord> exit = new CompletableFuture<>();
    private java.lang.Process process;

    HostContainer(String id, List<String> command, boolean openStdin) {
        this.id = id;
        this.command = command;
        this.openStdin = openStdin;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int pid() {
        return process == null ? 0 : (int) process.pid();
    }

    @Override
    public long startTicks() {
        return 1;
    }

    @Override
    public Attachment attach(boolean stdin, boolean stdout, boolean stderr) {
        var attachment = new HostAttachment(() -> process.getOutputStream());
        attachments.add(attachment);
        return attachment;
    }

    @Override
    public void start() {
        try {
            process = new ProcessBuilder(command).start();
            if (!openStdin) {
                process.getOutputStream().close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Thread out = Thread.ofVirtual().start(() -> copy(process.getInputStream(), 1));
        Thread err = Thread.ofVirtual().start(() -> copy(process.getErrorStream(), 2));
        Thread.ofVirtual().start(() -> await(out, err));
    }

    private void copy(InputStream from, int stream) {
        byte[] buffer = new byte[8192];
        try {
            int length;
            while ((length = from.read(buffer)) >= 0) {
                for (HostAttachment attachment : attachments) {
                    attachment.deliver(stream, buffer, length);
                }
            }
        } catch (IOException ended) {
            throw new UncheckedIOException(ended);
        }
    }

    private void await(Thread out, Thread err) {
        try {
            int code = process.waitFor();
            out.join();
            err.join();
            attachments.forEach(HostAttachment::end);
            int signal = code > 128 ? code - 128 : 0;
            exit.complete(new ExitRecord(code, signal, Instant.now(), false));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public RunningExec exec(ExecRequest request) {
        return new HostExec(request);
    }

    @Override
    public Optional<RunningExec> adoptExec(String execId) {
        return Optional.empty();
    }

    @Override
    public void signal(int signal) {
        send(process.pid(), signal);
    }

    static void send(long pid, int signal) {
        try {
            new ProcessBuilder("/bin/kill", "-" + signal, Long.toString(pid))
                    .start()
                    .waitFor();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void resize(int rows, int columns) {}

    @Override
    public void closeStdin() {}

    @Override
    public ExitRecord awaitExit() throws InterruptedException {
        try {
            return exit.get();
        } catch (java.util.concurrent.ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public Optional<ExitRecord> exit() {
        return Optional.ofNullable(exit.getNow(null));
    }

    @Override
    public void pause() {
        signal(19);
    }

    @Override
    public void resume() {
        signal(18);
    }

    @Override
    public void update(Resources resources) {}

    @Override
    public ResourceUsage usage() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Integer> pids() {
        return List.of(pid());
    }

    @Override
    public void replaceLog(java.nio.file.Path compressed, long inode) {}

    @Override
    public long oomEvents() {
        return 0;
    }

    @Override
    public java.util.Optional<java.nio.file.Path> memoryEvents() {
        return java.util.Optional.empty();
    }

    @Override
    public void reopenLog() {}

    @Override
    public void delete() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Override
    public void close() {}
}
