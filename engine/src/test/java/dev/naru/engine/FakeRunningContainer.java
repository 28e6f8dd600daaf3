package dev.naru.engine;

import dev.naru.oci.Resources;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.ExitRecord;
import dev.naru.runtime.ResourceUsage;
import dev.naru.runtime.RunningContainer;
import dev.naru.runtime.RunningExec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A running container whose first process is one of the test's own, and which ends when the test says so. */
final class FakeRunningContainer implements RunningContainer {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final int pid;
    private volatile int code;
    private final java.util.concurrent.atomic.AtomicLong samples = new java.util.concurrent.atomic.AtomicLong();

    FakeRunningContainer() {
        this((int) ProcessHandle.current().pid());
    }

    FakeRunningContainer(int pid) {
        this.pid = pid;
    }

    void end(int exitCode) {
        code = exitCode;
        ended.countDown();
    }

    @Override
    public String id() {
        return "f".repeat(64);
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public long startTicks() {
        return 0;
    }

    @Override
    public Attachment attach(boolean stdin, boolean stdout, boolean stderr) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void start() {}

    @Override
    public RunningExec exec(ExecRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<RunningExec> adoptExec(String execId) {
        return Optional.empty();
    }

    @Override
    public void signal(int signal) {}

    @Override
    public void resize(int rows, int columns) {}

    @Override
    public void closeStdin() {}

    @Override
    public ExitRecord awaitExit() throws InterruptedException {
        ended.await();
        return new ExitRecord(code, 0, Instant.EPOCH, false);
    }

    @Override
    public Optional<ExitRecord> exit() {
        return ended.getCount() == 0 ? Optional.of(new ExitRecord(code, 0, Instant.EPOCH, false)) : Optional.empty();
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void update(Resources resources) {}

    @Override
    public ResourceUsage usage() {
        long cpu = samples.incrementAndGet() * 1_000_000;
        return new ResourceUsage(
                cpu,
                cpu / 2,
                cpu / 2,
                List.of(cpu, 0L),
                1,
                0,
                0,
                4096,
                8192,
                1 << 20,
                0,
                Map.of("cache", 100L),
                1,
                -1,
                List.of(new ResourceUsage.IoEntry(8, 0, "read", 512, 1)));
    }

    @Override
    public List<Integer> pids() {
        return List.of(pid);
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
    public void delete() {}

    @Override
    public void close() {}
}
