package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner.StepOutput;
import dev.naru.build.StepRunner.Talk;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.ExitRecord;
import dev.naru.runtime.RunningContainer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** A talk with the first process of a container over its standard input and output. */
final class ProcessTalk {
    /** How long a process that has closed its output may take to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int FRAME_HEADER = 8;

    private final RunningContainer running;
    private final StepOutput output;

    /** @param output takes its standard error */
    ProcessTalk(RunningContainer running, StepOutput output) {
        this.running = requireNonNull(running, "running");
        this.output = requireNonNull(output, "output");
    }

    /** The process' exit code, -1 when it still runs. */
    int run(Talk talk) throws InterruptedException {
        Attachment attachment = running.attach(true, true, true);
        var said = new Said(attachment);
        try {
            running.start();
            talk.talk(said, new Told(attachment), attachment::close);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot talk with the process of a build step", failure);
        } finally {
            attachment.close();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return said.ended ? code() : -1;
    }

    private int code() throws InterruptedException {
        Thread waiting = Thread.ofVirtual().name("naru-talk-end").start(() -> {
            try {
                running.awaitExit();
            } catch (InterruptedException enough) {
                Thread.currentThread().interrupt();
            }
        });
        waiting.join(PATIENCE);
        waiting.interrupt();
        Optional<ExitRecord> exit = running.exit();
        return exit.map(ExitRecord::code).orElse(-1);
    }

    /** Standard output, out of Docker's multiplexed stream; what belongs to standard error goes its own way. */
    private final class Said extends InputStream {
        private final Attachment attachment;
        private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10).flip();
        private int stream;
        private int left;
        private volatile boolean ended;

        Said(Attachment attachment) {
            this.attachment = attachment;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            while (length > 0) {
                if (left == 0) {
                    if (!fill(FRAME_HEADER)) {
                        ended = true;
                        return -1;
                    }
                    stream = buffer.getInt() >>> 24;
                    left = buffer.getInt();
                } else if (!fill(1)) {
                    ended = true;
                    return -1;
                } else {
                    int count = Math.min(left, buffer.remaining());
                    if (stream == 1) {
                        count = Math.min(count, length);
                        buffer.get(bytes, offset, count);
                        left -= count;
                        return count;
                    }
                    byte[] error = new byte[count];
                    buffer.get(error);
                    left -= count;
                    output.write(stream, error);
                }
            }
            return 0;
        }

        private boolean fill(int wanted) throws IOException {
            if (buffer.remaining() >= wanted) {
                return true;
            }
            buffer.compact();
            try {
                while (buffer.position() < wanted) {
                    if (attachment.read(buffer) < 0) {
                        return false;
                    }
                }
            } catch (SocketException left) {
                // It has ended without reading all that it was told.
                return false;
            } finally {
                buffer.flip();
            }
            return true;
        }
    }

    /** Standard input. */
    private static final class Told extends OutputStream {
        private final Attachment attachment;

        Told(Attachment attachment) {
            this.attachment = attachment;
        }

        @Override
        public void write(int b) throws IOException {
            attachment.write(ByteBuffer.wrap(new byte[] {(byte) b}));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            attachment.write(ByteBuffer.wrap(Arrays.copyOfRange(bytes, offset, offset + length)));
        }
    }
}
