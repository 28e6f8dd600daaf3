package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver on a host that was just booted, whose settings nobody has touched yet. */
class FreshHostTest {
    /** A process of its own for each: threads that a process starts inside a namespace stay there. */
    @ParameterizedTest
    @EnumSource(FreshHost.Scenario.class)
    void works(FreshHost.Scenario scenario) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FreshHost.class.getName(),
                        scenario.name())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }
}
