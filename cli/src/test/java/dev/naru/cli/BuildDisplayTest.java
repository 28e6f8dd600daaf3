package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Builds as they are shown. */
final class BuildDisplayTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);

    private static void tell(BuildDisplay display, String event) {
        display.event(Json.read(event.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    private static String output(String step, String text) {
        String data = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return "{'event':'output','step':'" + step + "','name':'RUN','stream':1,'data':'" + data + "'}";
    }

    private String shown() {
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8).replaceAll("\\d+\\.\\d+s?", "T");
    }

    @Test
    void numbersEachStepAndRepeatsItsNameWhenStepsTakeTurns() {
        var display = new PlainBuildDisplay(out);
        tell(display, "{'event':'started','step':'a','name':'FROM x'}");
        tell(display, "{'event':'completed','step':'a','name':'FROM x','cached':true}");
        tell(display, "{'event':'completed','step':'a','name':'FROM x','cached':true}");
        tell(display, "{'event':'started','step':'b','name':'RUN'}");
        tell(display, output("b", "one\ntw"));
        tell(display, output("b", "o\n"));
        tell(display, "{'event':'started','step':'c','name':'COPY'}");
        tell(display, "{'event':'completed','step':'b','name':'RUN'}");
        display.close();
        assertThat(shown()).isEqualTo("""
                        #1 FROM x
                        #1 CACHED

                        #2 RUN
                        #2 T one
                        #2 T two

                        #3 COPY

                        #2 RUN
                        #2 DONE T
                        """);
    }

    @Test
    void showsTheLastOutputOfTheStepThatFailedOnce() {
        var display = new PlainBuildDisplay(out);
        tell(display, "{'event':'started','step':'b','name':'RUN'}");
        tell(display, output("b", "trouble\r\n"));
        tell(display, "{'event':'failed','step':'b','name':'RUN','message':'exit code: 3','exitCode':3}");
        display.close();
        display.close();
        assertThat(shown()).endsWith("#1 ERROR: exit code: 3\n------\n > RUN:\ntrouble\n------\n");
    }

    @Test
    void drawsOverItselfOnATerminalWithinItsWidth() {
        var display = new TerminalBuildDisplay(out, 24, 40);
        tell(display, "{'event':'started','step':'a','name':'" + "n".repeat(100) + "'}");
        tell(display, "{'event':'completed','step':'a','name':'x','cached':false}");
        display.close();
        assertThat(shown().lines())
                .allMatch(line -> line.replaceAll("\u001b\\[[0-9]*[A-Z]", "").length() <= 40);
        assertThat(shown()).contains("FINISHED");
    }
}
