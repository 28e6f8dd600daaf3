package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ProgressTest {
    private static final String LAYER =
            "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":500000,\"total\":1000000},\"id\":\"aa\"}";
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String shown(int columns, String... messages) {
        var progress = new Progress(out, columns);
        for (String message : messages) {
            progress.message(Json.read(message.getBytes(StandardCharsets.UTF_8)));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void elsewhereThanOnATerminalEachStepIsALine() {
        assertThat(shown(
                        0,
                        "{\"status\":\"Pulling from x\",\"id\":\"latest\"}",
                        LAYER,
                        "{\"status\":\"Done\",\"id\":\"aa\"}"))
                .isEqualTo("latest: Pulling from x\naa: Done\n");
    }

    @Test
    void aTerminalGetsALineForEachPart() {
        String text =
                shown(120, LAYER, "{\"status\":\"Waiting\",\"id\":\"bb\"}", "{\"status\":\"Done\",\"id\":\"aa\"}");
        assertThat(text)
                .contains("aa: Downloading [" + "=".repeat(25) + ">" + " ".repeat(25) + "]    500kB/1MB\n")
                .endsWith("\u001b[2A\u001b[2K\raa: Done\r\u001b[2B");
    }

    @Test
    void anErrorEndsIt() {
        assertThatThrownBy(() -> shown(0, "{\"errorDetail\":{\"message\":\"no\"},\"error\":\"no\"}"))
                .isInstanceOf(CliException.class)
                .hasMessage("no");
    }
}
