package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.wire.IndexInfo;
import dev.naru.wire.RegistryServiceConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryViewTest {
    @Test
    void mirrorsAndInsecureRegistriesAreShownAsByDockerd() {
        RegistryServiceConfig shown = RegistryView.of(RegistryOptionsBuilder.builder(RegistryOptions.defaults())
                .mirrors(List.of("https://mirror.test", "http://other.test:5000/"))
                .insecure(List.of("old.test:5000", "10.1.0.0/16"))
                .build());
        assertThat(shown.mirrors()).containsExactly("https://mirror.test/", "http://other.test:5000/");
        assertThat(shown.insecureRegistryCIDRs()).containsExactly("::1/128", "127.0.0.0/8", "10.1.0.0/16");
        assertThat(shown.indexConfigs())
                .containsEntry("docker.io", new IndexInfo("docker.io", shown.mirrors(), true, true))
                .containsEntry("old.test:5000", new IndexInfo("old.test:5000", List.of(), false, false));
        assertThat(RegistryView.of(RegistryOptions.defaults()).mirrors()).isNull();
    }
}
