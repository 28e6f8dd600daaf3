package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageNameTest {
    @ParameterizedTest
    @CsvSource({
        "busybox, docker.io/library/busybox, busybox",
        "a/b:1, docker.io/a/b:1, a/b",
        "localhost/x, localhost/x, localhost/x",
        "127.0.0.1:5000/x/y:t, 127.0.0.1:5000/x/y:t, 127.0.0.1:5000/x/y",
        "docker.io/busybox, docker.io/library/busybox, busybox",
    })
    void shortNamesHaveALongOne(String text, String whole, String familiar) {
        ImageName name = ImageName.parse(text);
        assertThat(name).hasToString(whole);
        assertThat(name.familiar()).isEqualTo(familiar);
    }

    @Test
    void aDigestMayFollowATag() {
        String digest = "sha256:" + "a".repeat(64);
        assertThat(ImageName.parse("x:1@" + digest)).hasToString("docker.io/library/x:1@" + digest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UPPER", "a b", "x:y@z", "x:", "../x", "x@sha256:12"})
    void whatIsNoNameIsRefused(String text) {
        assertThatThrownBy(() -> ImageName.parse(text))
                .isInstanceOf(CliException.class)
                .hasMessageStartingWith("invalid reference format");
    }
}
