package dev.naru.buildkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.build.BuildContext;
import dev.naru.build.FrontendOptions;
import dev.naru.engine.FileModes;
import dev.naru.error.NaruException;
import dev.naru.linux.FileStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FrontendAttributesTest {
    private static FrontendOptions options(Map<String, String> attributes) {
        return new FrontendAttributes(attributes).options(name -> {
            throw NaruException.notFound(name);
        });
    }

    @Test
    void aBuildWithoutAttributesReadsTheClientsDirectories() {
        FrontendOptions options = options(Map.of());
        assertThat(options.context()).isEqualTo(new BuildContext.Session("context", "context"));
        assertThat(options.fileContext()).isEqualTo(new BuildContext.Session("dockerfile", "dockerfile"));
        assertThat(options.fileName()).isEqualTo("Dockerfile");
    }

    @Test
    void aStreamIsContextAndHasTheBuildFile() {
        FrontendOptions options = options(Map.of("context", "http://buildkit-session/abc"));
        assertThat(options.context()).isEqualTo(new BuildContext.Session("upload:abc", "upload:abc"));
        assertThat(options.fileContext()).isNull();
    }

    @Test
    void argumentsLabelsAndStagesToBuildAnewAreFound() {
        FrontendOptions options = options(
                Map.of("build-arg:A", "1", "label:b", "2", "no-cache", "x,y", "target", "t", "add-hosts", "h=1.2.3.4"));
        assertThat(options.buildArguments()).containsExactly(Map.entry("A", "1"));
        assertThat(options.labels()).containsExactly(Map.entry("b", "2"));
        assertThat(options.noCache()).isFalse();
        assertThat(options.noCacheFilter()).containsExactly("x", "y");
        assertThat(options.extraHosts()).containsExactly(Map.entry("h", "1.2.3.4"));
        assertThat(options(Map.of("no-cache", "")).noCache()).isTrue();
    }

    @Test
    void attestationsThatAreNotMadeAreRefused() {
        assertThatThrownBy(() -> options(Map.of("attest:sbom", "generator=some/scanner,9=x")))
                .hasMessageContaining("invalid parameter \"9\" of an SBOM generator");
        assertThatThrownBy(() -> options(Map.of("attest:other", ""))).hasMessageContaining("cannot attach other");
        assertThatThrownBy(() -> options(Map.of("attest:provenance", "mode=all")))
                .hasMessageContaining("use min or max");
    }

    @Test
    void attestationsAreMadeForThoseWhoAsk() {
        assertThat(Attestations.of(Map.of()).isEmpty()).isTrue();
        assertThat(Attestations.of(Map.of("attest:provenance", "mode=min,inline-only=true"))
                        .isEmpty())
                .isTrue();
        assertThat(Attestations.of(Map.of("attest:provenance", "disabled=true")).isEmpty())
                .isTrue();
        assertThat(Attestations.of(Map.of("attest:provenance", "mode=max,version=v1", "attest:sbom", "")))
                .isEqualTo(new Attestations(new dev.naru.build.Provenance.Order(true, true, "", false), true, null));
        assertThat(Attestations.of(Map.of("attest:sbom", "generator=some/scanner,DEPTH=2"))
                        .scan())
                .isNotNull();
    }

    @Test
    void modesAreTranslatedBothWays() {
        for (int mode : new int[] {
            FileStatus.REGULAR | 04755,
            FileStatus.DIRECTORY | 01777,
            FileStatus.SYMBOLIC_LINK | 0777,
            FileStatus.FIFO | 02600,
            FileStatus.CHARACTER_DEVICE | 0644,
            FileStatus.BLOCK_DEVICE | 0600,
        }) {
            assertThat(FileModes.unix(FileModes.go(mode))).isEqualTo(mode);
        }
        assertThat(FileModes.go(FileStatus.DIRECTORY | 0755)).isEqualTo((1L << 31) | 0755);
    }
}
