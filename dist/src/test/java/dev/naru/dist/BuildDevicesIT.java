package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code RUN --device}, and who may have the host's devices in a build. */
final class BuildDevicesIT {
    @TempDir
    private static Path home;

    private static EngineProcess engine;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess("--cdi-spec-dir", home.resolve("cdi").toString());
        Files.createDirectory(home.resolve("cdi"));
        Files.writeString(home.resolve("cdi/units.yaml"), """
                cdiVersion: 0.6.0
                kind: vendor.example/unit
                devices:
                - name: first
                  containerEdits: {env: [UNIT=first]}
                - name: second
                  annotations: {org.mobyproject.buildkit.device.class: spare}
                  containerEdits: {env: [SPARE=second]}
                - name: open
                  annotations: {org.mobyproject.buildkit.device.autoallow: true}
                  containerEdits: {env: [OPEN=open]}
                """);
    }

    @AfterAll
    static void stop() throws Exception {
        engine.close();
    }

    private EngineProcess.Outcome build(String step, String... words) throws Exception {
        Path context = Files.createTempDirectory(home, "context");
        Files.writeString(context.resolve("Dockerfile"), "FROM busybox\nRUN " + step + "\n");
        var all = new java.util.ArrayList<>(List.of("build", "--progress=plain"));
        all.addAll(List.of(words));
        all.add(context.toString());
        return engine.run(new byte[0], all.toArray(String[]::new));
    }

    private void works(String step, String... words) throws Exception {
        EngineProcess.Outcome outcome = build(step, words);
        assertThat(outcome.code()).as(outcome.toString()).isZero();
    }

    @Test
    void stepHasTheDevicesThatItsBuildMayHave() throws Exception {
        works("--device=vendor.example/unit=first,required test $UNIT = first", "--allow=device");
        works("--device=vendor.example/unit test $UNIT = first && true", "--allow=device=vendor.example/unit=first");
        works("--device=name=vendor.example/unit=* test $UNIT$SPARE$OPEN = firstsecondopen", "--allow=device");
        works("--device=spare test $SPARE = second", "--allow=device=vendor.example/unit");
        works("--device=vendor.example/unit=open test $OPEN = open");
        works("--device=mine test $UNIT = first", "--allow=device=vendor.example/unit=first,alias=mine");
        works("--device=vendor.example/none=x true");
    }

    @Test
    void deviceThatIsNotAllowedOrNotThereIsRefused() throws Exception {
        assertThat(build("--device=vendor.example/unit true", "--allow=device=vendor.example/unit=second")
                        .err())
                .contains("device vendor.example/unit=first is requested by the build but not allowed")
                .contains("--allow device=vendor.example/unit=first");
        assertThat(build("--device=vendor.example/none=x,required true", "--allow=device")
                        .err())
                .contains("required device \"vendor.example/none=x\" is not registered: known are"
                        + " vendor.example/unit=first, ");
        works("--device=vendor.example/unit=first true known", "--allow=device");
        assertThat(build("--device=vendor.example/unit=first true known").err())
                .contains("device vendor.example/unit=first is requested by the build but not allowed");
        assertThat(build("--device=required true").err()).contains("device name is required");
    }

    @Test
    void containersHaveThemByTheirFullNames() throws Exception {
        assertThat(engine.out("run", "--rm", "--device=vendor.example/unit=first", "busybox", "sh", "-c", "echo $UNIT"))
                .isEqualTo("first");
        assertThat(engine.naru("run", "--rm", "--device=vendor.example/unit=none", "busybox", "true")
                        .err())
                .contains("unresolvable CDI devices vendor.example/unit=none: known are ");
        assertThat(engine.out("info", "-f", "{{.CDISpecDirs}}")).isEqualTo("[" + home.resolve("cdi") + "]");
    }
}
