package dev.naru.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.error.NaruException;
import org.junit.jupiter.api.Test;

/** Files that are made to be too much: each is answered, in little time and memory. */
class DockerfileHardshipTest {
    private static final int MEGABYTES = Integer.getInteger("naru.build.line.megabytes", 100);

    private static String answer(String text) {
        try {
            new DockerfileFrontend(new FakeContexts().file("Dockerfile", text)).build(FrontendOptions.defaults());
            return "";
        } catch (NaruException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    @Test
    void longLineIsRefused() {
        String line = "x".repeat(MEGABYTES << 20);
        assertThat(answer("FROM scratch\nLABEL a=" + line + "\n")).isNotBlank().hasSizeLessThan(1000);
        assertThat(answer("FROM scratch\n" + line)).isNotBlank().hasSizeLessThan(1000);
        assertThat(answer("#" + line + "\nFROM scratch\n")).hasSizeLessThan(1000);
    }

    @Test
    void deepNestingOfVariablesIsAnswered() {
        for (int depth : new int[] {10, 1000, 100_000}) {
            String nested = "${a:-".repeat(depth) + "x" + "}".repeat(depth);
            assertThat(answer("FROM scratch\nLABEL l=" + nested + "\n")).hasSizeLessThan(1000);
            assertThat(answer("FROM scratch\nLABEL l=" + "${a:-".repeat(depth) + "\n"))
                    .hasSizeLessThan(1000);
        }
    }

    @Test
    void deepNestingOfJsonIsAnswered() {
        for (int depth : new int[] {10, 100_000}) {
            assertThat(answer("FROM scratch\nCMD " + "[".repeat(depth) + "]".repeat(depth) + "\n"))
                    .hasSizeLessThan(1000);
        }
    }

    @Test
    void manyStagesOnEachOtherAreAnswered() {
        var text = new StringBuilder("FROM scratch AS s0\n");
        for (int i = 1; i < 20_000; i++) {
            text.append("FROM s").append(i - 1).append(" AS s").append(i).append("\nCOPY a /\n");
        }
        assertThat(answer(text.toString())).hasSizeLessThan(1000);
    }

    @Test
    void manyWordsAndTriggersAreAnswered() {
        assertThat(answer("FROM scratch\n" + "ONBUILD ".repeat(50_000) + "RUN x\n"))
                .isNotBlank()
                .hasSizeLessThan(1000);
        assertThat(answer("FROM scratch\nRUN " + "<<E ".repeat(20_000) + "\n"))
                .isNotBlank()
                .hasSizeLessThan(1000);
        assertThat(answer("FROM scratch\nCOPY " + "--exclude=a ".repeat(50_000) + "a /\n"))
                .hasSizeLessThan(1000);
        assertThat(answer("FROM scratch\nENV " + "a=b ".repeat(200_000) + "\n")).hasSizeLessThan(1000);
    }
}
