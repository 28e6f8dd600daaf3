package dev.naru.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ImageService.CommitRequest;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.ContainerStatsResponse;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.DiskUsage;
import dev.naru.wire.EventMessage;
import dev.naru.wire.ImageInspect;
import dev.naru.wire.ImageSummary;
import dev.naru.wire.Network;
import dev.naru.wire.SystemInfo;
import dev.naru.wire.VolumeCreateOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images, volumes, networks and the engine itself, as clients see them. */
class CatalogTest {
    private static final String BRIDGE = "nct" + ProcessHandle.current().pid();

    @RegisterExtension
    final EngineLab lab = new EngineLab(BRIDGE);

    private String run(String name, String... command) {
        String id = lab.engine()
                .containers()
                .create(
                        name,
                        null,
                        ContainerCreateRequestBuilder.builder()
                                .image("busybox")
                                .cmd(List.of(command))
                                .build())
                .id();
        lab.engine().containers().start(requireNonNull(id), null);
        return id;
    }

    private static Filters filter(String key, String value) {
        return new Filters(Map.of(key, List.of(value)));
    }

    private List<ImageSummary> images(Filters filters) {
        return lab.engine().images().list(false, filters, false, false);
    }

    private List<String> events(String type) {
        List<String> seen = new ArrayList<>();
        lab.engine().events().stream(
                1, Timestamps.now(), filter("type", type), (EventMessage event) -> seen.add(event.action()));
        return seen;
    }

    @Test
    void imagesAreListedByFilters() {
        lab.engine().images().tag("busybox", "team/tool", "v1");
        ImageSummary all = images(Filters.NONE).getFirst();
        assertThat(all.repoTags()).containsExactlyInAnyOrder("busybox:latest", "team/tool:v1");
        assertThat(all.size()).isPositive();
        assertThat(images(filter("reference", "team/*")).getFirst().repoTags()).containsExactly("team/tool:v1");
        assertThat(images(filter("dangling", "true"))).isEmpty();
        assertThat(images(filter("since", "busybox"))).isEmpty();
        assertThat(images(filter("until", "1h"))).isEmpty();
        assertThatThrownBy(() -> images(filter("x", "y"))).hasMessage("invalid filter 'x'");
        assertThatThrownBy(() -> lab.engine().images().tag("busybox", "Foo", null))
                .hasMessage("invalid reference format: repository name (library/Foo) must be lowercase");
        assertThatThrownBy(() -> lab.engine().images().tag("nosuch", "a", null))
                .hasMessage("No such image: nosuch:latest");
    }

    @Test
    void anImageSaysWhatItIs() {
        ImageInspect image = lab.engine().images().inspect("busybox");
        assertThat(image.comment()).isEqualTo("Imported from -");
        assertThat(image.os()).isEqualTo("linux");
        assertThat(requireNonNull(image.rootFS()).layers()).hasSize(1);
        assertThat(image.config())
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("Cmd", List.of("sh"))
                .containsEntry("Env", List.of("PATH=/bin"));
        assertThat(lab.engine().images().history("busybox")).singleElement().satisfies(step -> {
            assertThat(step.id()).isEqualTo(image.id());
            assertThat(step.size()).isEqualTo(image.size());
            assertThat(step.tags()).containsExactly("busybox:latest");
        });
    }

    @Test
    void imagesTravelByFile() {
        String id = lab.engine().images().inspect("busybox").id();
        var archive = new ByteArrayOutputStream();
        lab.engine().images().save(List.of("busybox"), archive);
        lab.engine().images().remove("busybox", false, true);
        assertThat(images(Filters.NONE)).isEmpty();
        List<CreateImageInfo> lines = new ArrayList<>();
        lab.engine().images().load(new ByteArrayInputStream(archive.toByteArray()), true, lines::add);
        assertThat(lines)
                .singleElement()
                .extracting(CreateImageInfo::stream)
                .isEqualTo("Loaded image: busybox:latest\n");
        assertThat(lab.engine().images().inspect("busybox").id()).isEqualTo(id);
        assertThat(events("image")).containsSubsequence("import", "save", "untag", "delete", "load");
    }

    @Test
    void aCommitHasTheContainersChanges() throws Exception {
        String container = run("made", "sh", "-c", "echo 1 > /new; sleep 1000");
        while (lab.engine().containers().changes(container).stream()
                .noneMatch(change -> "/new".equals(change.path()))) {
            Thread.sleep(10);
        }
        String id = lab.engine()
                .images()
                .commit(
                        new CommitRequest("made", "kept", "1", "why", "me", true, List.of("CMD [\"cat\",\"/new\"]")),
                        null);
        ImageInspect image = lab.engine().images().inspect("kept:1");
        assertThat(image.id()).isEqualTo(id);
        assertThat(image.author()).isEqualTo("me");
        assertThat(lab.engine().images().history("kept:1")).hasSize(2).first().satisfies(step -> {
            assertThat(step.comment()).isEqualTo("why");
            assertThat(step.createdBy()).isEqualTo("sh -c echo 1 > /new; sleep 1000");
        });
        assertThat(requireNonNull(lab.engine()
                                .containers()
                                .inspect(container, false)
                                .state())
                        .running())
                .isTrue();
        assertThat(events("container")).containsSubsequence("pause", "unpause", "commit");
        assertThat(lab.engine().images().list(true, filter("reference", "kept"), true, false))
                .singleElement()
                .satisfies(summary -> assertThat(summary.sharedSize()).isPositive());
    }

    @Test
    void imagesInUseStay() {
        run("user", "sleep", "1000");
        assertThatThrownBy(() -> lab.engine().images().remove("busybox", false, true))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
        assertThat(lab.engine().images().prune(filter("dangling", "false")).imagesDeleted())
                .isNull();
    }

    @Test
    void volumesAreMadeListedAndPruned() {
        VolumeService volumes = lab.engine().volumes();
        volumes.create(new VolumeCreateOptions("named", null, null, Map.of("a", "b"), null));
        String anonymous = volumes.create(new VolumeCreateOptions(null, null, null, null, null))
                .name();
        assertThat(volumes.list(filter("label", "a=b")).volumes()).hasSize(1);
        assertThat(volumes.list(filter("dangling", "true")).volumes()).hasSize(2);
        assertThat(volumes.prune(Filters.NONE).volumesDeleted()).containsExactly(anonymous);
        assertThat(volumes.prune(filter("all", "1")).volumesDeleted()).containsExactly("named");
        assertThatThrownBy(() -> volumes.inspect("named")).hasMessage("get named: no such volume");
        assertThat(events("volume")).containsSubsequence("create", "destroy", "prune");
    }

    @Test
    void theBridgeShowsItsContainers() {
        String id = run("member", "sleep", "1000");
        Network bridge = lab.engine().networks().inspect("bridge", false);
        assertThat(bridge.driver()).isEqualTo("bridge");
        assertThat(requireNonNull(bridge.options())).containsEntry("com.docker.network.bridge.name", BRIDGE);
        assertThat(requireNonNull(requireNonNull(bridge.containers()).get(id)).name())
                .isEqualTo("member");
        assertThat(lab.engine().networks().list(Filters.NONE))
                .extracting(Network::name)
                .contains("bridge", "host", "none");
        assertThatThrownBy(() -> lab.engine().networks().inspect("nope", false)).hasMessage("network nope not found");
    }

    @Test
    void theEngineTellsTheTruth() throws IOException {
        run("one", "sleep", "1000");
        SystemInfo info = lab.engine().system().info();
        assertThat(info.containersRunning()).isEqualTo(1);
        assertThat(info.images()).isEqualTo(1);
        assertThat(info.ncpu()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(info.kernelVersion())
                .isEqualTo(
                        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        assertThat(info.liveRestoreEnabled()).isTrue();
        assertThat(lab.engine().system().version().apiVersion()).isEqualTo("1.51");
        DiskUsage usage = lab.engine().system().diskUsage(Set.of("image", "container"));
        assertThat(usage.layersSize())
                .isEqualTo(requireNonNull(usage.images()).getFirst().size());
        assertThat(usage.containers()).hasSize(1);
        assertThat(usage.volumes()).isNull();
        assertThatThrownBy(() -> lab.engine().system().diskUsage(Set.of("x"))).hasMessage("unknown object type: x");
    }

    @Test
    void statsAreThoseOfTheControlGroup() throws IOException {
        String id = run("busy", "sh", "-c", "x=$(yes | head -c 20000000 | wc -c); sleep 1000");
        List<ContainerStatsResponse> samples = new ArrayList<>();
        lab.engine().containers().stats(id, false, true, samples::add);
        ContainerStatsResponse sample = samples.getFirst();
        assertThat(requireNonNull(requireNonNull(sample.cpuStats()).cpuUsage()).totalUsage())
                .isPositive();
        assertThat(requireNonNull(sample.networks())).containsKey("eth0");
        Path limit = Path.of("/sys/fs/cgroup/memory/naru-" + BRIDGE + "/" + id + "/memory.limit_in_bytes");
        if (Files.exists(limit)) {
            assertThat(requireNonNull(sample.memoryStats()).stats())
                    .containsEntry(
                            "hierarchical_memory_limit",
                            Long.parseLong(Files.readString(limit).strip()));
        }
    }

    @Test
    void checkFindsAndMendsWhatBelongsToNobody() throws IOException {
        String orphan = "0123456789abcdef".repeat(4);
        Files.createDirectories(lab.directory().resolve("containers").resolve(orphan));
        Files.createDirectories(lab.directory().resolve("run/c").resolve(orphan.substring(0, 24)));
        run("fine", "sleep", "1000");
        assertThat(lab.engine().system().check(false))
                .hasSize(2)
                .allMatch(text -> text.contains("belongs to no container"));
        assertThat(lab.engine().system().check(true)).hasSize(2).allMatch(text -> text.endsWith("repaired"));
        assertThat(lab.engine().system().check(false)).isEmpty();
    }

    @Test
    void pruneLeavesContainersThatRun() throws Exception {
        run("stays", "sleep", "1000");
        String done = run("done", "true");
        try (var waiter = lab.engine().containers().waiter(done, "not-running")) {
            waiter.await();
        }
        assertThat(lab.engine().containers().prune(filter("label", "none")).containersDeleted())
                .isNull();
        assertThat(lab.engine().containers().prune(Filters.NONE).containersDeleted())
                .containsExactly(done);
        assertThat(events("container")).contains("prune");
    }
}
