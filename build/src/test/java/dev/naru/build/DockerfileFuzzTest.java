package dev.naru.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.error.NaruException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a file says, the answer is a graph or an error in words. */
class DockerfileFuzzTest {
    private static final List<String> PIECES = List.of(
            "FROM busybox\n",
            "FROM scratch AS a\n",
            "FROM a\n",
            "RUN ",
            "COPY ",
            "ADD ",
            "ENV ",
            "LABEL ",
            "ARG ",
            "ONBUILD ",
            "HEALTHCHECK ",
            "EXPOSE ",
            "VOLUME ",
            "WORKDIR ",
            "USER ",
            "SHELL ",
            "CMD ",
            "ENTRYPOINT ",
            "STOPSIGNAL ",
            "MAINTAINER ",
            "--mount=type=",
            "--mount=",
            "bind",
            "cache,target=/x",
            "--from=a ",
            "--link ",
            "--chown=",
            "--chmod=",
            "--parents ",
            "--exclude=",
            "<<EOF",
            "<<-'E'",
            "EOF\n",
            "E\n",
            "\n",
            "\\\n",
            "\\",
            "`",
            "$",
            "${",
            "}",
            ":-",
            ":?",
            "##",
            "%%",
            "//",
            "/",
            "\"",
            "'",
            "[",
            "]",
            ",",
            "=",
            "a",
            "b",
            "1",
            " ",
            "\t",
            "# escape=`\n",
            "# syntax=x\n",
            "# check=skip=all\n",
            "#",
            "!",
            "*",
            "?",
            "NONE",
            "--interval=",
            "\u0000",
            "\uFEFF",
            "\uD800",
            "é",
            "\r\n",
            "https://x.org/y.git#",
            "git@h:",
            "?ref=",
            "&");

    @Provide
    Arbitrary<String> files() {
        return Arbitraries.of(PIECES).list().ofMaxSize(40).map(parts -> String.join("", parts));
    }

    @Property(tries = 4000)
    void everyFileIsAnswered(@ForAll("files") String pieces, @ForAll boolean begun) {
        String text = begun ? "FROM busybox AS base\n" + pieces : pieces;
        var frontend = new DockerfileFrontend(new FakeContexts().file("Dockerfile", text));
        try {
            assertThat(frontend.build(FrontendOptions.defaults()).platforms()).hasSize(1);
        } catch (NaruException refused) {
            assertThat(refused).hasMessageNotContaining("null");
        }
        answered(() -> frontend.check(FrontendOptions.defaults()).json());
        answered(() -> frontend.outline(FrontendOptions.defaults()).text());
        answered(() -> frontend.targets(FrontendOptions.defaults()).text());
    }

    @Property(tries = 2000)
    void everyPatternIsAnswered(@ForAll("patterns") String pattern, @ForAll("patterns") String path) {
        answered(() -> String.valueOf(PathPatterns.of(List.of(pattern)).matches(path)));
        GlobText.of(pattern).withoutPrefix(path, true);
        GlobText.of(pattern).withoutSuffix(path, false);
        assertThat(GlobText.of("*").withoutPrefix(path, true)).isEmpty();
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.of("a", "b", "*", "**", "/", "?", "[", "]", "^", "-", "!", "\\", ".", "..")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    private static void answered(java.util.function.Supplier<String> question) {
        try {
            assertThat(question.get()).isNotNull();
        } catch (NaruException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }
}
