package dev.naru.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.wire.ContainerConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageChangesTest {
    @Test
    void readsEveryInstruction() {
        ContainerConfig config = ImageChanges.apply(
                ImageRunConfigs.empty(),
                List.of(
                        "CMD [\"a\", \"b c\"]",
                        "ENV A=1 B=\"2 3\"",
                        "env C the rest",
                        "EXPOSE 80 81/udp 90-91",
                        "LABEL x=y",
                        "ONBUILD RUN true",
                        "USER me",
                        "VOLUME /v [x]",
                        "VOLUME [\"/w\"]",
                        "WORKDIR /a",
                        "WORKDIR b",
                        "STOPSIGNAL SIGINT",
                        "SHELL [\"/bin/bash\", \"-c\"]",
                        "HEALTHCHECK --interval=1m30s --retries=3 CMD curl x"));
        assertThat(config.cmd()).containsExactly("a", "b c");
        assertThat(config.env()).containsExactly("A=1", "B=2 3", "C=the rest");
        assertThat(requireNonNull(config.exposedPorts()).keySet())
                .containsExactlyInAnyOrder("80/tcp", "81/udp", "90/tcp", "91/tcp");
        assertThat(config.labels()).isEqualTo(Map.of("x", "y"));
        assertThat(config.onBuild()).containsExactly("RUN true");
        assertThat(config.user()).isEqualTo("me");
        assertThat(requireNonNull(config.volumes()).keySet()).containsExactlyInAnyOrder("/v", "[x]", "/w");
        assertThat(config.workingDir()).isEqualTo("/a/b");
        assertThat(config.stopSignal()).isEqualTo("SIGINT");
        assertThat(requireNonNull(config.healthcheck()).test()).containsExactly("CMD-SHELL", "curl x");
        assertThat(config.healthcheck().interval()).isEqualTo(90_000_000_000L);
    }

    @Test
    void aCommandInShellFormGetsTheShell() {
        ContainerConfig config =
                ImageChanges.apply(ImageRunConfigs.empty(), List.of("CMD echo $HOME", "ENTRYPOINT [\"/bin/x\"]"));
        assertThat(config.cmd()).containsExactly("/bin/sh", "-c", "echo $HOME");
        assertThat(config.entrypoint()).containsExactly("/bin/x");
    }

    @Test
    void refusesWhatDoesNotDescribeAnImage() {
        assertThatThrownBy(() -> ImageChanges.apply(ImageRunConfigs.empty(), List.of("RUN true")))
                .hasMessage("RUN is not a valid change command");
        assertThatThrownBy(() -> ImageChanges.apply(ImageRunConfigs.empty(), List.of("ENV")))
                .hasMessage("ENV requires at least one argument");
    }
}
