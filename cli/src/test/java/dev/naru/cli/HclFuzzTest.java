package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a bake file, it is read or refused in words; nothing else happens. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class HclFuzzTest {
    private static final int ROUNDS = Integer.getInteger("naru.fuzz", 1000);
    private static final List<String> BITS = List.of(
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            "\"",
            "${",
            "%{",
            "~}",
            "<<E\n",
            "<<-E\n",
            "\nE\n",
            "\n",
            "=",
            "==",
            "=>",
            ":",
            "?",
            ",",
            "...",
            ".",
            ".*",
            "[*]",
            "for x in ",
            "if ",
            "else",
            "endif",
            "endfor",
            "target",
            "variable",
            "function",
            "a",
            "1e9",
            "1e999999",
            "-",
            "!",
            "&&",
            "\\u12",
            "\\",
            "$",
            "/*",
            "*/",
            "#",
            "//",
            "null",
            "join",
            "replace",
            "format",
            "%99999d",
            "\u0000",
            "é",
            "\ud83d\ude00");

    @TempDir
    private Path directory;

    @Test
    void brokenFilesAreRefusedInWords() throws Exception {
        List<String> seeds = new ArrayList<>();
        for (String name : List.of("everything.hcl", "expressions.hcl", "functions.hcl", "inheritance.hcl")) {
            try (InputStream in = HclFuzzTest.class.getResourceAsStream("bake/" + name)) {
                seeds.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        long seed = Long.getLong("naru.seed", System.nanoTime());
        var random = new Random(seed);
        int read = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String text = i % 4 == 0 ? noise(random) : broken(seeds.get(random.nextInt(seeds.size())), random);
            try {
                bake(text);
                read++;
            } catch (CliException refused) {
                assertThat(refused.getMessage()).isNotBlank();
            } catch (Throwable wrong) {
                throw new AssertionError("seed " + seed + ", round " + i + ":\n" + text, wrong);
            }
        }
        assertThat(read).isPositive();
    }

    private void bake(String text) throws Exception {
        Path file = Files.writeString(
                directory.resolve("f.hcl"), new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        BakeDefinition definition =
                new BakeFiles(Map.of(), InputStream.nullInputStream()).read(List.of(file.toString()));
        List<String> names = new ArrayList<>(definition.targets().keySet());
        new BakePlan(definition, new BakeOverrides(List.of(), Map.of()), names, List.of()).json();
    }

    private static String noise(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(40); i >= 0; i--) {
            text.append(BITS.get(random.nextInt(BITS.size())));
        }
        return text.toString();
    }

    private static String broken(String seed, Random random) {
        var text = new StringBuilder(seed);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, BITS.get(random.nextInt(BITS.size())));
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(5)));
                default -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
            }
        }
        return text.toString();
    }

    @Test
    void depthAndWorkAreBounded() {
        for (String text : List.of(
                "a = " + "(".repeat(100_000),
                "a = " + "[".repeat(100_000),
                "a = " + "-".repeat(100_000) + "1",
                "a = " + "!".repeat(100_000) + "true",
                "a = \"" + "${\"".repeat(50_000),
                "a = " + "{a=".repeat(50_000),
                "a = " + "b ? c : ".repeat(50_000) + "d",
                "x ".repeat(10) + "{\n".repeat(50_000),
                "a = \"" + "%{if true}".repeat(50_000) + "\"",
                "variable \"a\" { default = [for x in range(0, 1000) : [for y in range(0, 1000) : [for z in range(0, 1000)"
                        + " : x]]] }",
                "variable \"a\" { default = regex(\"(a+)+b\", \"" + "a".repeat(40) + "\") }")) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> bake(text + "\n")))
                    .as(text.substring(0, Math.min(text.length(), 40)))
                    .isInstanceOf(CliException.class);
        }
    }
}
