package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BuildOutputsTest {
    private static List<BuildOutputs.Output> outputs(String... words) {
        var arguments = Arguments.parse(new BuildCommand(), List.of(words));
        return new BuildOutputs(arguments, arguments.list("tag"), System.out).all();
    }

    @Test
    void withoutWordsTheEngineKeepsTheImage() {
        assertThat(outputs("-t", "a:1", "-t", "b:1"))
                .containsExactly(
                        new BuildOutputs.Output("moby", Map.of("name", "a:1,b:1"), new BuildDestination.None()));
        assertThat(outputs("-o", "type=cacheonly")).isEmpty();
    }

    @Test
    void shortWordsAreDirectoriesAndStreams() {
        assertThat(outputs("-o", "out").getFirst().destination())
                .isEqualTo(new BuildDestination.Directory(Path.of("out")));
        assertThat(outputs("-o", "type=tar,dest=x.tar").getFirst().type()).isEqualTo("tar");
    }

    @Test
    void pushGoesWithAnImageThatIsThere() {
        assertThat(outputs("--push", "-t", "a", "-o", "type=image"))
                .extracting(BuildOutputs.Output::attributes)
                .containsExactly(Map.of("push", "true", "name", "a"));
        assertThat(outputs("--push", "--load", "-t", "a")).hasSize(2);
        assertThatThrownBy(() -> outputs("--push")).hasMessageContaining("tag is needed");
    }

    @Test
    void annotationsSayTheirLevels() {
        assertThat(outputs("--annotation", "a=b", "--annotation", "index,manifest[linux/amd64]:c:d=e")
                        .getFirst()
                        .attributes())
                .isEqualTo(Map.of(
                        "annotation.a", "b", "annotation-index.c:d", "e", "annotation-manifest[linux/amd64].c:d", "e"));
    }

    @Test
    void attestationsAreAskedForInSeveralWays() {
        var arguments = Arguments.parse(
                new BuildCommand(),
                List.of("--provenance=max", "--sbom", "true", "--attest", "type=provenance,disabled=true"));
        assertThat(BuildAttests.attributes(arguments))
                .isEqualTo(Map.of("attest:provenance", "mode=max", "attest:sbom", ""));
    }
}
