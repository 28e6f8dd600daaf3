package dev.naru.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The kit of small Dockerfiles: what each becomes as graph, configuration and history, or how it is refused. */
class DockerfileConformanceTest {
    private static final List<String> KITS =
            List.of("syntax", "variables", "stages", "run", "transfer", "settings", "lint");

    @TestFactory
    Stream<DynamicTest> kit() {
        return KITS.stream().flatMap(kit -> cases(kit).stream()
                .map(each -> DynamicTest.dynamicTest(kit + ": " + each.name(), () -> check(each))));
    }

    @Test
    void coversEnough() {
        assertThat(KITS.stream().mapToInt(kit -> cases(kit).size()).sum()).isGreaterThanOrEqualTo(150);
    }

    private static List<DockerfileCase> cases(String kit) {
        try (InputStream in = DockerfileConformanceTest.class.getResourceAsStream("/dockerfiles/" + kit + ".txt")) {
            return DockerfileCase.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void check(DockerfileCase each) {
        var frontend = new DockerfileFrontend(each.contexts());
        FrontendOptions options = each.frontendOptions();
        if (each.expected().stream().anyMatch(line -> line.startsWith("error "))) {
            refused(each, frontend, options);
            return;
        }
        BuildResult result = frontend.build(options);
        List<String> actual = new ArrayList<>();
        GraphText.of(result).forEach(line -> actual.add("graph " + line));
        var config = result.platforms().getLast().config();
        DockerfileCase.config(config).forEach(line -> actual.add("config " + line));
        DockerfileCase.history(config).forEach(line -> actual.add("history " + line));
        result.warnings().forEach(warning -> actual.add("warn " + warning.rule() + ": " + warning.message()));
        actual.add("warnings " + result.warnings().size());
        actual.add("steps "
                + GraphText.of(result).stream()
                        .filter(line -> line.contains(": [") && !line.contains("[internal]"))
                        .count());
        for (String expected : each.expected()) {
            compare(expected, actual);
        }
    }

    private static void compare(String expected, List<String> actual) {
        String kind = expected.split(" ", 2)[0];
        String text = expected.substring(kind.length()).strip();
        if (kind.equals("no")) {
            assertThat(actual).noneMatch(line -> line.contains(text));
            return;
        }
        boolean found = actual.stream().anyMatch(line -> line.startsWith(kind + " ") && line.contains(text));
        if (!found) {
            fail("expected: " + expected + "\nbut was:\n" + String.join("\n", actual));
        }
    }

    private static void refused(DockerfileCase each, DockerfileFrontend frontend, FrontendOptions options) {
        try {
            frontend.build(options);
        } catch (NaruException failure) {
            for (String expected : each.expected()) {
                assertThat(failure.getMessage())
                        .contains(expected.substring("error ".length()).strip());
            }
            return;
        }
        fail("it was not refused");
    }
}
