package dev.naru.engine;

import dev.naru.runtime.Attachment;
import dev.naru.runtime.RunningContainer;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A client's place at a container that has not started; it is connected before the container's program begins. */
final class HeldAttachment {
    private final boolean stdin;
    private final boolean stdout;
    private final boolean stderr;
    private final CountDownLatch settled = new CountDownLatch(1);
    private @Nullable Attachment attachment;
    private boolean abandoned;

    HeldAttachment(boolean stdin, boolean stdout, boolean stderr) {
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** Connects it; called between the launch and the start. */
    void connect(RunningContainer running) {
        synchronized (this) {
            if (abandoned) {
                return;
            }
            attachment = running.attach(stdin, stdout, stderr);
        }
        settled.countDown();
    }

    /** Ends the waiting without a connection, and the connection if there is one. */
    void abandon() {
        synchronized (this) {
            abandoned = true;
            if (attachment != null) {
                attachment.close();
            }
        }
        settled.countDown();
    }

    /** Blocks until it is connected; null when it was abandoned. */
    @Nullable
    Attachment await() throws InterruptedException {
        settled.await();
        synchronized (this) {
            return abandoned ? null : attachment;
        }
    }
}
