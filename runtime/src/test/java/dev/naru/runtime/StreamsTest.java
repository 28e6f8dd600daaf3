package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class StreamsTest {
    private final ContainerLab lab = new ContainerLab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void attachmentsTellTheStreamsApart() throws Exception {
        RunningContainer container =
                lab.launch(lab.request(ContainerLab.PIPES, "sh", "-c", "echo out; echo err >&2; printf end"));
        try (Attachment both = container.attach(false, true, true);
                Attachment errors = container.attach(false, false, true)) {
            container.start();

            Frames all = Frames.readAll(both);
            assertThat(all.out()).isEqualTo("out\nend");
            assertThat(all.err()).isEqualTo("err\n");
            Frames second = Frames.readAll(errors);
            assertThat(second.out()).isEmpty();
            assertThat(second.err()).isEqualTo("err\n");
        }
    }

    @Test
    void thirtyMegabytesComeBackAfterHalfClose() throws Exception {
        byte[] data = new byte[30 << 20];
        new Random(7).nextBytes(data);
        String id = ContainerLab.newId();
        RunningContainer container = lab.launch(lab.request(id, ContainerLab.INTERACTIVE, new LogTarget.None(), "cat"));
        try (Attachment attachment = container.attach(true, true, true)) {
            container.start();
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    attachment.write(ByteBuffer.wrap(data));
                    attachment.shutdownInput();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });

            assertThat(Frames.readAll(attachment).stdout.toByteArray()).isEqualTo(data);
            writer.join();
        }
        assertThat(container.awaitExit().code()).isZero();
    }

    @Test
    void closedStandardInputIsRead() throws Exception {
        RunningContainer container =
                lab.launch(lab.request(new StandardStreams(false, true, false, 0, 0), "sh", "-c", "cat; echo done"));
        try (Attachment attachment = container.attach(true, true, true)) {
            container.start();
            attachment.write(ByteBuffer.wrap("line\n".getBytes(StandardCharsets.UTF_8)));
            container.closeStdin();

            assertThat(Frames.readAll(attachment).out()).isEqualTo("line\ndone\n");
        }
    }

    @Test
    void terminalHasItsSizeAndTakesANewOne() throws Exception {
        RunningContainer container = lab.launch(lab.request(
                ContainerLab.TERMINAL,
                "sh",
                "-c",
                "tty; stty size; read line; stty size; ls -l /dev/console >/dev/null && echo console"));
        try (Attachment attachment = container.attach(true, true, true)) {
            container.start();
            ByteBuffer first = ByteBuffer.allocate(4096);
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().contains("24 80")) {
                assertThat(attachment.read(first.clear())).isPositive();
                seen.append(StandardCharsets.UTF_8.decode(first.flip()));
            }
            assertThat(seen.toString()).startsWith("/dev/pts/0");
            container.resize(33, 111);
            attachment.write(ByteBuffer.wrap("x\n".getBytes(StandardCharsets.UTF_8)));

            assertThat(Frames.readAll(attachment).out()).contains("33 111", "console");
        }
        assertThat(container.awaitExit().code()).isZero();
    }

    @Test
    void slowAttachmentHoldsTheProcessBackAndLosesNothing() throws Exception {
        String id = ContainerLab.newId();
        RunningContainer container =
                lab.launch(lab.request(id, ContainerLab.PIPES, new LogTarget.None(), "seq", "1", "1000000"));
        try (Attachment attachment = container.attach(false, true, true)) {
            container.start();
            Thread.sleep(300);
            assertThat(container.exit()).isEmpty();

            String[] lines = Frames.readAll(attachment).out().split("\n");
            assertThat(lines).hasSize(1_000_000);
            assertThat(lines[999_999]).isEqualTo("1000000");
        }
        assertThat(container.awaitExit().code()).isZero();
    }

    @Test
    void vanishedAttachmentDoesNotHoldTheProcess() throws Exception {
        RunningContainer container = lab.launch(lab.request(ContainerLab.PIPES, "seq", "1", "1000000"));
        Attachment attachment = container.attach(false, true, true);
        container.start();
        Thread.sleep(100);
        attachment.close();

        assertThat(container.awaitExit().code()).isZero();
    }
}
