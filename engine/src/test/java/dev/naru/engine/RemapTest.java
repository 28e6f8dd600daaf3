package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.HostConfigBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers in user namespaces of their own, through the whole engine. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class RemapTest {
    private static final String BRIDGE = "nrm" + ProcessHandle.current().pid();
    private static final int ROOT = 300_000;

    @TempDir
    Path directory;

    private Engine engine;

    @BeforeEach
    void open() throws Exception {
        Path accounts = Files.createDirectories(directory.resolve("accounts"));
        Files.writeString(accounts.resolve("passwd"), "root:x:0:0::/:/bin/sh\nremap:x:990:990::/:/bin/false\n");
        Files.writeString(accounts.resolve("group"), "root:x:0:\nremap:x:990:\n");
        Files.writeString(accounts.resolve("subuid"), "remap:" + ROOT + ":65536\n");
        Files.writeString(accounts.resolve("subgid"), "remap:" + (ROOT + 1) + ":65536\n");
        engine = Engine.open(EngineConfig.builder(directory.resolve("data"))
                .bridge(BRIDGE)
                .usernsRemap("remap")
                .accounts(accounts)
                .build());
        BusyboxImage.load(engine);
    }

    @AfterEach
    void close() {
        for (Container container : ((Containers) engine.containers()).table().all()) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    private static ContainerCreateRequest busybox(UnaryOperator<HostConfigBuilder> host, String... command) {
        return ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of(command))
                .hostConfig(host.apply(HostConfigBuilder.builder()).build())
                .build();
    }

    private String output(UnaryOperator<HostConfigBuilder> host, String script) throws Exception {
        String id = engine.containers()
                .create(null, null, busybox(host, "sh", "-c", script))
                .id();
        try (var waiter = engine.containers().waiter(id, "next-exit")) {
            engine.containers().start(id, null);
            waiter.await();
        }
        return logs(id);
    }

    private String logs(String id) throws Exception {
        var output = new ByteArrayOutputStream();
        try (var session = engine.containers().logs(id, new LogQuery(false, true, true, 0, 0, false, -1, false))) {
            session.writeTo(output);
        }
        var text = new HealthOutput();
        text.take(java.nio.ByteBuffer.wrap(output.toByteArray()));
        return text.toString();
    }

    private String started(UnaryOperator<HostConfigBuilder> host, String script) {
        String id = engine.containers()
                .create(null, null, busybox(host, "sh", "-c", script))
                .id();
        engine.containers().start(id, null);
        return id;
    }

    private int pid(String id) {
        return engine.containers().inspect(id, false).state().pid();
    }

    @Test
    void rootOfAContainerIsNobodyOnTheHost() throws Exception {
        String id = started(host -> host, "echo up; sleep 1000");

        assertThat(Files.getAttribute(Path.of("/proc/" + pid(id)), "unix:uid")).isEqualTo(ROOT);
        assertThat(Files.readString(Path.of("/proc/" + pid(id) + "/uid_map"))
                        .strip()
                        .replaceAll(" +", " "))
                .isEqualTo("0 " + ROOT + " 65536");
        assertThat(Files.readString(Path.of("/proc/" + pid(id) + "/gid_map"))
                        .strip()
                        .replaceAll(" +", " "))
                .isEqualTo("0 " + (ROOT + 1) + " 65536");
        assertThat(engine.system().info().securityOptions()).contains("name=userns");
    }

    @Test
    void everythingInTheContainerBelongsToItsOwnRoot() throws Exception {
        assertThat(output(
                        host -> host.tmpfs(java.util.Map.of("/t", "", "/u", "uid=7,gid=8")),
                        "id -u; stat -c '%u:%g %n' / /bin/busybox /etc/hosts /etc/hostname /etc/resolv.conf /dev"
                                + " /dev/shm /dev/null /dev/pts /t /u; ls /sys/class/net"))
                .isEqualTo("0\n0:0 /\n0:0 /bin/busybox\n0:0 /etc/hosts\n0:0 /etc/hostname\n0:0 /etc/resolv.conf\n"
                        + "0:0 /dev\n0:0 /dev/shm\n0:0 /dev/null\n0:0 /dev/pts\n0:0 /t\n7:8 /u\neth0\nlo\n");
    }

    @Test
    void itsRootMayDoWhatRootDoesThere() throws Exception {
        assertThat(
                        output(
                                host -> host,
                                "mkdir /d && echo x >/d/f && chown 7:8 /d/f && stat -c %u:%g /d/f;"
                                        + "echo 1.2.3.4 x >>/etc/hosts && echo hosts; echo y >/dev/shm/y && echo shm;"
                                        + "rm /etc/passwd && echo removed; hostname; ping -c 1 -w 5 127.0.0.1 >/dev/null && echo ping"))
                .startsWith("7:8\nhosts\nshm\nremoved\n")
                .endsWith("ping\n");
    }
}
