package dev.naru.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import org.junit.jupiter.api.Test;

class DockerfileFrontendTest {
    private static DockerfileFrontend frontend(String text) {
        return new DockerfileFrontend(new FakeContexts().file("Dockerfile", text));
    }

    private static BuildResult build(String text) {
        return frontend(text).build(FrontendOptions.defaults());
    }

    @Test
    void byteOrderMarkAndCarriageReturnsAreNoContent() {
        var result = build("\uFEFF# escape=`\r\nFROM busybox\r\nRUN a `\r\n  b\r\nCMD [\"x\"]\r\n");
        assertThat(GraphText.of(result)).anyMatch(line -> line.contains("exec [/bin/sh, -c, a   b]"));
    }

    @Test
    void errorsCarryTheirPlace() {
        assertThatThrownBy(() -> build("FROM busybox\n\nRUN --netwrok=none x\nRUN y\n"))
                .hasMessage("""
                        dockerfile parse error on line 3: unknown flag: --netwrok (did you mean --network?)
                        Dockerfile:3
                        --------------------
                           1 |     FROM busybox
                           2 |    \s
                           3 | >>> RUN --netwrok=none x
                           4 |     RUN y
                        --------------------""")
                .cause()
                .isInstanceOfSatisfying(
                        BuildFileException.class,
                        place -> assertThat(place.range().firstLine()).isEqualTo(3));
    }

    @Test
    void ignoreFileBesideTheBuildFileWins() {
        var contexts = new FakeContexts()
                .file("Dockerfile", "FROM scratch\nCOPY . /\n")
                .file(".dockerignore", "all\n")
                .file("Dockerfile.dockerignore", "own\n");
        var result = new DockerfileFrontend(contexts).build(FrontendOptions.defaults());
        assertThat(GraphText.of(result)).anyMatch(line -> line.contains("exclude=[own]"));
    }

    @Test
    void lowerCaseNameIsFoundToo() {
        var contexts = new FakeContexts().file("dockerfile", "FROM scratch\n");
        assertThat(new DockerfileFrontend(contexts)
                        .build(FrontendOptions.defaults())
                        .platforms())
                .hasSize(1);
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> new DockerfileFrontend(new FakeContexts()).build(FrontendOptions.defaults()))
                .hasMessageContaining("failed to read dockerfile: open Dockerfile: no such file or directory");
    }

    @Test
    void checkTellsAllStagesAndShowsLines() {
        var report =
                frontend("FROM busybox AS one\nCMD x\nFROM scratch\nENV a b\n").check(FrontendOptions.defaults());
        assertThat(report.text())
                .contains("\nWARNING: JSONArgsRecommended - "
                        + "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/\n"
                        + "JSON arguments recommended for CMD to prevent unintended behavior related to OS signals\n"
                        + "Dockerfile:2\n")
                .contains("   2 | >>> CMD x\n")
                .contains("LegacyKeyValueFormat");
        assertThat(report.json())
                .contains("\"ruleName\": \"JSONArgsRecommended\"")
                .contains("""
                        {
                                    "start": {
                                      "line": 2
                                    },
                        """.strip());
        assertThat(report.statusCode()).isEqualTo(1);
    }

    @Test
    void checkTellsErrorsOfTheFile() {
        var report = frontend("FROM busybox\nRUNN x\n").check(FrontendOptions.defaults());
        assertThat(report.statusCode()).isEqualTo(1);
        assertThat(report.json())
                .containsPattern("\"buildError\": \\{\\s+\"message\": \"[^\"]*unknown instruction: RUNN");
    }

    @Test
    void outlineTellsWhatATargetTakes() {
        var outline = frontend("""
                        # VERSION is the release
                        ARG VERSION=1
                        ARG BASE=busybox:${VERSION} # this is no comment
                        FROM busybox AS unused
                        ARG NOTHING
                        FROM $BASE AS base
                        ENV LEVEL=3
                        RUN --mount=type=secret,id=key,required --mount=type=cache,target=/c x
                        # app is what runs
                        FROM base AS app
                        ARG MODE="fast-$LEVEL"
                        RUN --mount=type=ssh y
                        """).outline(FrontendOptions.defaults());
        assertThat(outline.text()).isEqualTo("""
                        TARGET:      app
                        DESCRIPTION: is what runs

                        BUILD ARG   VALUE       DESCRIPTION
                        VERSION     1           is the release
                        BASE        busybox:1  \s
                        MODE        fast-3     \s

                        SECRET   REQUIRED
                        key      true

                        SSH       REQUIRED
                        default  \s

                        """);
        assertThat(outline.json())
                .containsPattern("\"cache\": \\[\\s+\\{\\s+\"ID\": \"/c\"\\s+}\\s+]")
                .doesNotContain("NOTHING");
    }

    @Test
    void targetsAreListed() {
        var targets = frontend("# base is below\nFROM busybox AS base\nFROM base AS app\n")
                .targets(FrontendOptions.defaults());
        assertThat(targets.text())
                .isEqualTo("TARGET          DESCRIPTION\nbase            is below\napp (default)   \n");
        assertThat(targets.json()).contains("""
                        "name": "app",
                              "default": true,
                              "base": "base",
                        """.strip());
    }

    @Test
    void hugeFilesAreRefused() {
        assertThatThrownBy(() -> build("FROM scratch\nLABEL a=" + "x".repeat(20 << 20)))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("the most is 16777216");
        assertThatThrownBy(() -> build("FROM scratch\n" + "LABEL a=b\n".repeat(10_000)))
                .hasMessageContaining("10001 instructions");
    }

    @Test
    void longLinesAndManyStagesAreRead() {
        assertThat(build("FROM scratch\nRUN " + "x ".repeat(5 << 20)).platforms())
                .hasSize(1);
        assertThat(build("FROM scratch\nRUN " + "a\\\n".repeat(1 << 20)).platforms())
                .hasSize(1);
        var chain = new StringBuilder("FROM busybox AS s0\n");
        for (int stage = 1; stage < 500; stage++) {
            chain.append("FROM s")
                    .append(stage - 1)
                    .append(" AS s")
                    .append(stage)
                    .append("\nENV a=b\n");
        }
        assertThat(build(chain.toString()).platforms()).hasSize(1);
        assertThatThrownBy(() -> build("FROM scratch\nLABEL a=" + "${a:-".repeat(1000) + "}".repeat(1000)))
                .hasMessageContaining("nested more than 64 deep");
    }

    @Test
    void equalFilesMakeEqualGraphs() {
        String text = "FROM busybox\nCOPY a /\nRUN x\n";
        assertThat(build(text)).isEqualTo(build(text));
    }
}
