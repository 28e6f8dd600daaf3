package dev.naru.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternsTest {
    @ParameterizedTest
    @CsvSource({
        "a, a, true",
        "a, a/b, true",
        "a, b/a, false",
        "*.c, x.c, true",
        "*.c, d/x.c, false",
        "*/x, d/x, true",
        "**/x, x, true",
        "**/x, a/b/x, true",
        "**/x, a/b/xy, false",
        "a/**, a/b/c, true",
        "a/**, a, false",
        "a/**/z, a/z, true",
        "a/**/z, a/b/c/z, true",
        "a/**/z, az, false",
        "**, a/b, true",
        "a?c, abc, true",
        "a?c, a/c, false",
        "[a-c]x, bx, true",
        "[a-c]x, dx, false",
        "[^a-c]x, dx, true",
        "/a, a, true",
        "a/, a/b, true",
        "./a, a, true",
        "a//b, a/b, true",
        "a/../b, b, true",
        "\\*, *, true",
        "\\*, a, false",
        "*.tar.*, x.tar.gz, true",
        "**/*.go, a/b.go, true",
        "**/.git, .git/config, true",
        "a*b*c*d, axbxcxd, true",
        "a.b, axb, false",
    })
    void matches(String pattern, String path, boolean expected) {
        assertThat(PathPatterns.of(List.of(pattern)).matches(path)).isEqualTo(expected);
    }

    @Test
    void lastMatchDecides() {
        var patterns = PathPatterns.ofIgnoreFile("\uFEFF# comment\n\n  *.md  \n!README*.md\nREADME-secret.md\r\n");
        assertThat(patterns.matches("a.md")).isTrue();
        assertThat(patterns.matches("README.md")).isFalse();
        assertThat(patterns.matches("README-secret.md")).isTrue();
        assertThat(patterns.matches("x.c")).isFalse();
    }

    @Test
    void exceptionsBelowAnIgnoredDirectory() {
        var patterns = PathPatterns.of(List.of("a", "!a/b/c"));
        assertThat(patterns.matches("a/x")).isTrue();
        assertThat(patterns.matches("a/b/c/d")).isFalse();
        assertThat(patterns.mayExceptBelow("a")).isTrue();
        assertThat(patterns.mayExceptBelow("a/b")).isTrue();
        assertThat(patterns.mayExceptBelow("a/x")).isFalse();
        assertThat(PathPatterns.of(List.of("d/*.c")).mayMatchBelow("d")).isTrue();
        assertThat(PathPatterns.of(List.of("d/*.c")).mayMatchBelow("e")).isFalse();
    }

    @Test
    void exceptionOfNothingIsRefused() {
        assertThatThrownBy(() -> PathPatterns.of(List.of("!")))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("illegal exclusion pattern");
    }

    @Test
    void starsDoNotExplode() {
        var patterns = PathPatterns.of(List.of("*a".repeat(200) + "b", "**/".repeat(200) + "x"));
        assertThat(patterns.matches("a".repeat(4000))).isFalse();
    }
}
