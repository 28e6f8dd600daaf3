package dev.naru.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Docker's frames around output, put on and taken off. */
class FramesTest {
    @Test
    void takesOffWhatItPutsOnHoweverItIsCut() throws IOException {
        var frames = new ByteArrayOutputStream();
        var framed = new FramedOutput(frames);
        framed.write("one\n".getBytes(StandardCharsets.UTF_8));
        framed.write("two, longer\n".getBytes(StandardCharsets.UTF_8));
        byte[] all = frames.toByteArray();
        assertThat(all).hasSize(4 + 12 + 2 * 8).startsWith(1, 0, 0, 0, 0, 0, 0, 4, 'o');
        for (int piece = 1; piece <= all.length; piece++) {
            var raw = new ByteArrayOutputStream();
            var unframed = new UnframedOutput(raw);
            for (int at = 0; at < all.length; at += piece) {
                unframed.write(all, at, Math.min(piece, all.length - at));
            }
            assertThat(raw.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo, longer\n");
        }
    }
}
