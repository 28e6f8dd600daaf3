package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.ExitRecord;
import dev.naru.runtime.RunningContainer.ExecRequest;
import dev.naru.runtime.RunningExec;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** One more process of the host. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class HostExec implements RunningExec {
    private final String id;
    private final java.lang.Process process;
    private final HostAttachment attachment;

    HostExec(ExecRequest request) {
        this.id = request.id();
        try {
            this.process = new ProcessBuilder(request.process().args())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException missing) {
            throw new NaruException(ErrorKind.COMMAND_NOT_FOUND, "no such program");
        }
        this.attachment = new HostAttachment(process::getOutputStream);
        Thread.ofVirtual().start(this::copy);
    }

    private void copy() {
        byte[] buffer = new byte[8192];
        try (var from = process.getInputStream()) {
            int length;
            while ((length = from.read(buffer)) >= 0) {
                attachment.deliver(1, buffer, length);
            }
        } catch (IOException ended) {
            process.destroy();
        }
        attachment.end();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int pid() {
        return (int) process.pid();
    }

    @Override
    public Optional<Attachment> attachment() {
        return Optional.of(attachment);
    }

    @Override
    public void signal(int signal) {
        HostContainer.send(process.pid(), signal);
    }

    @Override
    public void resize(int rows, int columns) {}

    @Override
    public ExitRecord awaitExit() throws InterruptedException {
        int code = process.waitFor();
        return new ExitRecord(code, code > 128 ? code - 128 : 0, Instant.now(), false);
    }

    @Override
    public Optional<ExitRecord> exit() {
        return process.isAlive()
                ? Optional.empty()
                : Optional.of(new ExitRecord(process.exitValue(), 0, Instant.now(), false));
    }

    @Override
    public void close() {}
}
