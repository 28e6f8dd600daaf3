package dev.naru.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ContainerService.ListQuery;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.DeviceInfo;
import dev.naru.wire.DeviceRequestBuilder;
import dev.naru.wire.HostConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that files of the Container Device Interface describe, in containers of the kernel. */
class CdiContainersTest {
    private static final String BRIDGE = "ncd" + ProcessHandle.current().pid();

    @TempDir
    static Path directory;

    private static Engine engine;
    private static Path host;
    private static Path run;

    @BeforeAll
    static void open() {
        host = directory.resolve("etc-cdi");
        run = directory.resolve("run-cdi");
        engine = Engine.open(EngineConfig.builder(directory.resolve("data"))
                .bridge(BRIDGE)
                .cdiDirectories(List.of(host, run))
                .build());
        BusyboxImage.load(engine);
    }

    @AfterAll
    static void close() {
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    @BeforeEach
    void directories() throws IOException {
        Files.createDirectories(host);
        Files.createDirectories(run);
    }

    private static void awaitClearing() {
        ContainerTable table = ((Containers) engine.containers()).table();
        for (ContainerSummary container :
                engine.containers().list(new ListQuery(true, 0, false, new Filters(Map.of())))) {
            table.get(requireNonNull(container.id())).awaitClearing();
        }
    }

    private static void removeContainers() {
        for (ContainerSummary container :
                engine.containers().list(new ListQuery(true, 0, false, new Filters(Map.of())))) {
            engine.containers().remove(requireNonNull(container.id()), true, true, false);
        }
    }

    @AfterEach
    void removeContainersAndFiles() throws IOException {
        removeContainers();
        for (Path each : List.of(host, run)) {
            try (var files = Files.list(each)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(each);
        }
    }

    private static ContainerCreateRequest graphics(int count, List<String> ids, String script) {
        return ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of("sh", "-c", script))
                .hostConfig(HostConfigBuilder.builder()
                        .deviceRequests(List.of(DeviceRequestBuilder.builder()
                                .count(count)
                                .deviceIDs(ids)
                                .capabilities(List.of(List.of("gpu")))
                                .build()))
                        .build())
                .build();
    }

    @Test
    void graphicsAreWhatTheirVendorDescribes() throws Exception {
        assertThatThrownBy(() -> output(graphics(-1, List.of(), "true")))
                .hasMessageStartingWith("could not select device driver \"\" with capabilities: [[gpu]]: no file");
        Files.writeString(host.resolve("nvidia.yaml"), """
                cdiVersion: 0.6.0
                kind: nvidia.com/gpu
                devices:
                - {name: "0", containerEdits: {env: [ZERO=0]}}
                - {name: "1", containerEdits: {env: [ONE=1]}}
                - {name: all, containerEdits: {env: [ALL=all]}}
                """);
        String script = "echo $ZERO $ONE $ALL";
        assertThat(output(graphics(-1, List.of(), script))).isEqualTo("all");
        assertThat(output(graphics(2, List.of(), script))).isEqualTo("0 1");
        assertThat(output(graphics(0, List.of("1"), script))).isEqualTo("1");
        assertThatThrownBy(() -> output(graphics(3, List.of(), script)))
                .hasMessageContaining("unresolvable CDI devices nvidia.com/gpu=2");
    }

    @Test
    void hooksAccompanyAContainersLife() throws Exception {
        Path told = directory.resolve("told");
        Path hook = Files.writeString(directory.resolve("telling"), """
                #!/bin/sh
                echo "$1 $(sed 's/.*"status":"\\([a-z]*\\)".*/\\1/')" >> %s
                """.formatted(told));
        assertThat(hook.toFile().setExecutable(true)).isTrue();
        Files.writeString(host.resolve("a.yaml"), """
                cdiVersion: 0.6.0
                kind: vendor.example/word
                containerEdits:
                  hooks:
                  - {hookName: createRuntime, path: %1$s, args: [hook, made]}
                  - {hookName: startContainer, path: /bin/sh, args: [sh, -c, "id -u >/tmp/hooked; cat >>/tmp/hooked"]}
                  - {hookName: poststart, path: %1$s, args: [hook, began]}
                  - {hookName: poststop, path: %1$s, args: [hook, ended]}
                devices:
                - name: a
                - name: fails
                  containerEdits: {hooks: [{hookName: startContainer, path: /bin/false}]}
                - name: fails-later
                  containerEdits: {hooks: [{hookName: poststart, path: /bin/false}]}
                """.formatted(hook));
        assertThat(output(with("1000:50", List.of("vendor.example/word=a"), "cat /tmp/hooked")))
                .startsWith("1000\n{\"ociVersion\":")
                .contains("\"status\":\"created\"");
        awaitClearing();
        assertThat(told).hasContent("made creating\nbegan running\nended stopped\n");
        refused("vendor.example/word=fails", "hook /bin/false failed with exit code 1");
        refused("vendor.example/word=fails-later", "hook /bin/false failed with exit code 1");
        awaitClearing();
        assertThat(Files.readAllLines(told))
                .endsWith("made creating", "ended stopped", "made creating", "began running", "ended stopped");
    }

    private static ContainerCreateRequest with(String user, List<String> devices, String script) {
        return ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .user(user)
                .cmd(List.of("sh", "-c", script))
                .hostConfig(HostConfigBuilder.builder()
                        .deviceRequests(CdiRequests.of(devices))
                        .build())
                .build();
    }

    private static String output(ContainerCreateRequest request) throws Exception {
        return ContainerOutput.of(engine, request).strip();
    }

    private static String output(String device, String script) throws Exception {
        return output(with("", List.of(device), script));
    }

    @Test
    void everyEditOfAFileIsSeenInTheContainer() throws Exception {
        Path library = Files.writeString(directory.resolve("library.so"), "a library\n");
        Path hook = Files.writeString(directory.resolve("hook"), """
                #!/bin/sh
                state=$(cat)
                bundle=$(echo "$state" | sed 's/.*"bundle":"\\([^"]*\\)".*/\\1/')
                root=$(sed 's/.*"root":{"path":"\\([^"]*\\)".*/\\1/' "$bundle/config.json")
                echo "$1 $WORD" > "$root/tmp/hooked"
                """);
        assertThat(hook.toFile().setExecutable(true)).isTrue();
        Files.writeString(host.resolve("vendor.yaml"), """
                cdiVersion: "0.7.0"
                kind: vendor.example/unit
                annotations: {"some.words": "ignored"}
                containerEdits:
                  env: [ALL=units]
                  additionalGIDs: [0, 4711]
                devices:
                - name: "0"
                  containerEdits:
                    env: ["UNIT=zero", "HOME=/unit"]
                    deviceNodes:
                    - {path: /dev/unit0, type: c, major: 1, minor: 11, permissions: w, fileMode: 0640}
                    mounts:
                    - {hostPath: "%s", containerPath: /usr/lib/unit.so, options: [ro, nosuid, nodev, bind]}
                    hooks:
                    - {hookName: createContainer, path: "%s", args: [hook, links], env: [WORD=made], timeout: 60}
                - name: "1"
                  containerEdits: {env: [UNIT=one]}
                """.formatted(library, hook));
        assertThat(output(with("1000:50", List.of("vendor.example/unit=0"), """
                        echo $ALL $UNIT $HOME; id -G; cat /usr/lib/unit.so /tmp/hooked
                        ls -l /dev/unit0 | cut -d' ' -f1; (: >/dev/unit0) && echo opened; head -c 1 /dev/unit0 2>&1"""))
                        .lines()
                        .map(line -> line.replaceAll(".*ermission denied", "denied")
                                .replaceAll(".*peration not permitted", "denied")))
                .containsExactly(
                        "units zero /unit", "50 4711", "a library", "links made", "crw-r-----", "opened", "denied");
        assertThat(output(with("", List.of("vendor.example/unit=0", "vendor.example/unit=1"), "echo $UNIT")))
                .isEqualTo("one");
        assertThat(engine.system().info().discoveredDevices())
                .containsExactly(
                        new DeviceInfo("cdi", "vendor.example/unit=0"), new DeviceInfo("cdi", "vendor.example/unit=1"));
    }

    @Test
    void laterDirectoryCountsMoreAndFilesOfOneMayNotConflict() throws Exception {
        String file =
                "{\n\t\"cdiVersion\": \"0.3.0\", \"kind\": \"vendor.example/word\",\n\t\"devices\": [{\"name\": \"a\","
                        + " \"containerEdits\": {\"env\": [\"FROM=%s\"]}}]}";
        Files.writeString(host.resolve("a.json"), file.formatted("etc"));
        assertThat(output("vendor.example/word=a", "echo $FROM")).isEqualTo("etc");
        Files.writeString(run.resolve("a.json"), file.formatted("run"));
        assertThat(output("vendor.example/word=a", "echo $FROM")).isEqualTo("run");
        Files.writeString(run.resolve("b.json"), file.formatted("run too"));
        refused("vendor.example/word=a", "conflicting device vendor.example/word=a: ");
    }

    @Test
    void whatIsMissingOrNotUnderstoodIsNamed() throws IOException {
        refused(
                "vendor.example/word=b",
                "unresolvable CDI devices vendor.example/word=b: no devices are described in ");
        Files.writeString(host.resolve("a.yaml"), """
                cdiVersion: 0.6.0
                kind: vendor.example/word
                devices: [{name: a}, {name: cache, containerEdits: {hooks: [{hookName: createContainer, path: /no/such}]}}]
                """);
        Files.writeString(host.resolve("bad.yaml"), """
                cdiVersion: 0.7.0
                kind: vendor.example/other
                devices: [{name: a, containerEdits: {intelRdt: {closID: x}}}]
                """);
        refused("vendor.example/word=b", "known are vendor.example/word=a, vendor.example/word=cache; not read: ");
        refused("vendor.example/other=a", "intelRdt asks for cache allocation");
        refused("vendor.example/word=cache", "cannot run hook /no/such: there is no such program on this host");
        assertThatThrownBy(() -> output("nonsense", "true"))
                .hasMessageContaining("invalid CDI device name \"nonsense\"");
    }

    @Test
    void hookThatFailsStopsTheStartAndSaysWhy() throws Exception {
        Path hook = Files.writeString(directory.resolve("failing"), "#!/bin/sh\necho no such unit >&2; exit 3\n");
        assertThat(hook.toFile().setExecutable(true)).isTrue();
        for (String moment : List.of("createContainer", "createRuntime")) {
            Files.writeString(host.resolve("a.yaml"), """
                    cdiVersion: 0.6.0
                    kind: vendor.example/word
                    devices: [{name: a, containerEdits: {hooks: [{hookName: %s, path: %s}]}}]
                    """.formatted(moment, hook));
            refused("vendor.example/word=a", "failing failed with exit code 3: no such unit");
        }
    }

    @Test
    void hookThatSaysMuchIsHeardToItsEnd() throws Exception {
        Path hook = Files.writeString(directory.resolve("talking"), "#!/bin/sh\nset -e\n/usr/bin/seq 1 100000\n");
        assertThat(hook.toFile().setExecutable(true)).isTrue();
        for (String moment : List.of("createContainer", "createRuntime")) {
            Files.writeString(host.resolve("a.yaml"), """
                    cdiVersion: 0.6.0
                    kind: vendor.example/word
                    devices: [{name: a, containerEdits: {hooks: [{hookName: %s, path: %s}]}}]
                    """.formatted(moment, hook));
            assertThat(output("vendor.example/word=a", "echo ran")).isEqualTo("ran");
        }
    }

    private static void refused(String device, String message) {
        assertThatThrownBy(() -> output(device, "true")).hasMessageContaining(message);
    }
}
