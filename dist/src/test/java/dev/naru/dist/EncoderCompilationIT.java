package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The second compiler is for the encoder of layers: a directive that Java passes over makes a push take twice the time. */
final class EncoderCompilationIT {
    private static final Path DIST = Path.of(System.getProperty("naru.dist"));

    @Test
    void theSecondCompilerHasTheEncoderAndNothingElse() throws Exception {
        Process java = new ProcessBuilder(
                        DIST.resolve("runtime/bin/java").toString(),
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:+CompilerDirectivesPrint",
                        "-XX:CompilerDirectivesFile=" + DIST.resolve("lib/narud-compiler.json"),
                        "-version")
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor()).as(said).isZero();
        String[] directives = said.split("Directive:", -1);
        assertThat(directives).as(said).hasSizeGreaterThan(2);
        assertThat(directives[1]).contains("dev/naru/image/Repetitions.*");
        assertThat(second(directives[1])).contains("Enable:true Exclude:false");
        assertThat(directives[2]).contains("*.*");
        assertThat(second(directives[2])).contains("Enable:true Exclude:true");
    }

    private static String second(String directive) {
        return directive.substring(directive.indexOf("c2 directives:"));
    }
}
