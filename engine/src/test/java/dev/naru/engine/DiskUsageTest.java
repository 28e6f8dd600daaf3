package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.wire.BuildCache;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.DiskUsage;
import dev.naru.wire.Volume;
import dev.naru.wire.VolumeCreateOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code system df} says is what {@code du} counts, to the byte. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class DiskUsageTest {
    private static final String BRIDGE = "ndu" + ProcessHandle.current().pid();

    @RegisterExtension
    final EngineLab lab = new EngineLab(BRIDGE);

    /** Allocated bytes below the paths, of what is on their own file systems. */
    private static long du(List<Path> paths) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("du", "-sxc", "--block-size=1"));
        paths.forEach(each -> command.add(each.toString()));
        Process du = new ProcessBuilder(command).start();
        String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(du.waitFor()).isZero();
        return Long.parseLong(said.lines().toList().getLast().split("\t", -1)[0]);
    }

    private List<Path> children(String name) throws IOException {
        try (Stream<Path> all = Files.list(lab.directory().resolve(name))) {
            return all.toList();
        }
    }

    private String run(String script, String... binds) throws InterruptedException {
        String id = lab.engine()
                .containers()
                .create(
                        null,
                        null,
                        ContainerCreateRequestBuilder.builder()
                                .image("busybox")
                                .cmd(List.of("sh", "-c", script))
                                .hostConfig(TestEngine.hostWith(
                                        host -> host.networkMode("none").binds(List.of(binds))))
                                .build())
                .id();
        try (var waiter = lab.engine().containers().waiter(id, "next-exit")) {
            lab.engine().containers().start(id, null);
            assertThat(waiter.await().exitCode()).isZero();
        }
        return id;
    }

    private DiskUsage usage() {
        return lab.engine().system().diskUsage(Set.of());
    }

    private static ContainerSummary of(DiskUsage usage, String id) {
        return usage.containers().stream()
                .filter(each -> id.equals(each.id()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void containersTakeWhatTheyWroteAndWhatTheySaid() throws Exception {
        String writes = run("dd if=/dev/zero of=/big bs=1k count=700 2>/dev/null; ln /big /same; mkdir /d; touch /d/x");
        String says = run("i=0; while [ $i -lt 3000 ]; do echo a line that goes to the log $i; i=$((i+1)); done");
        DiskUsage usage = usage();
        for (String id : List.of(writes, says)) {
            assertThat(of(usage, id).sizeRw())
                    .isEqualTo(du(List.of(
                            lab.directory().resolve("snapshots").resolve(id),
                            lab.directory().resolve("containers/" + id))));
        }
        long logs = du(children("containers/" + says).stream()
                .filter(file -> file.toString().contains("-json.log"))
                .toList());
        assertThat(logs).isGreaterThan(100_000);
        assertThat(of(usage, says).sizeRw()).isGreaterThan(logs);
        assertThat(of(usage, writes).sizeRw()).isBetween(700L << 10, 800L << 10);
    }

    @Test
    void volumesTakeTheirBlocks() throws Exception {
        lab.engine().volumes().create(new VolumeCreateOptions("full", null, null, null, null));
        lab.engine().volumes().create(new VolumeCreateOptions("empty", null, null, null, null));
        run("dd if=/dev/zero of=/v/holes bs=1k seek=5000 count=100 2>/dev/null; echo x > /v/small", "full:/v");
        for (Volume volume : usage().volumes()) {
            assertThat(volume.usageData().size())
                    .as(volume.name())
                    .isEqualTo(du(List.of(lab.directory().resolve("volumes").resolve(volume.name()))));
        }
    }

    @Test
    void everythingTogetherIsTheDirectory() throws Exception {
        build(
                "FROM busybox\nRUN dd if=/dev/zero of=/one bs=1k count=300\nRUN --mount=type=cache,target=/c cp /one /c/x\n");
        build("FROM busybox\nRUN dd if=/dev/zero of=/one bs=1k count=300\nRUN mkdir /other && echo 1 > /other/file\n");
        lab.engine().images().remove("made:1", true, false);
        run("echo said; echo x > /written", "vol:/v");
        DiskUsage usage = usage();
        long cache = usage.buildCache().stream()
                .filter(each -> !each.shared())
                .mapToLong(BuildCache::size)
                .sum();
        assertThat(cache).isGreaterThan(300L << 10);
        assertThat(usage.buildCache()).extracting(BuildCache::type).contains("regular", "exec.cachemount");
        var parts = new ArrayList<>(children("overlay"));
        parts.addAll(children("content/blobs/sha256"));
        parts.addAll(children("build/files"));
        parts.addAll(children("build/mounts"));
        parts.addAll(children("snapshots"));
        parts.addAll(children("containers"));
        parts.addAll(children("volumes"));
        long containers =
                usage.containers().stream().mapToLong(ContainerSummary::sizeRw).sum();
        long volumes = usage.volumes().stream()
                .mapToLong(each -> each.usageData().size())
                .sum();
        assertThat(usage.layersSize() + cache + containers + volumes).isEqualTo(du(parts));
    }

    private void build(String dockerfile) throws InterruptedException {
        var said = new ArrayList<String>();
        lab.engine()
                .builds()
                .classic(
                        ClassicBuildRequestBuilder.builder()
                                .dockerfile("Dockerfile")
                                .tags(List.of("made:1"))
                                .remote("")
                                .cpusetCpus("")
                                .cpusetMems("")
                                .cgroupParent("")
                                .buildArguments(Map.of())
                                .labels(Map.of())
                                .networkMode("none")
                                .platform("")
                                .target("")
                                .outputs("")
                                .extraHosts(List.of())
                                .ulimits(List.of())
                                .buildId("")
                                .logins(Map.of())
                                .build(),
                        new TarOf().file("Dockerfile", dockerfile).stream(),
                        () -> {},
                        line -> said.add(String.valueOf(line)));
        assertThat(said.toString()).contains("Successfully built");
    }
}
