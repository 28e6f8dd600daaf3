package dev.naru.engine;

import static dev.naru.engine.RemapLab.ROOT;
import static dev.naru.engine.RemapLab.busybox;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.wire.HostConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers in user namespaces of their own, through the whole engine. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class RemapTest {
    private static final String BRIDGE = "nrm" + ProcessHandle.current().pid();
    private static final UnaryOperator<HostConfigBuilder> PLAIN = UnaryOperator.identity();

    @TempDir
    Path directory;

    private RemapLab lab;

    @BeforeEach
    void open() throws Exception {
        lab = new RemapLab(directory, BRIDGE, true);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void rootOfAContainerIsNobodyOnTheHost() throws Exception {
        String id = lab.started(PLAIN, "sleep 1000");

        assertThat(Files.getAttribute(Path.of("/proc/" + lab.pid(id)), "unix:uid"))
                .isEqualTo(ROOT);
        assertThat(map(id, "uid_map")).isEqualTo("0 " + ROOT + " 65536");
        assertThat(map(id, "gid_map")).isEqualTo("0 " + (ROOT + 1) + " 65536");
        assertThat(lab.engine.system().info().securityOptions()).contains("name=userns");
    }

    private String map(String id, String file) throws Exception {
        return Files.readString(Path.of("/proc/" + lab.pid(id) + "/" + file))
                .strip()
                .replaceAll(" +", " ");
    }

    @Test
    void everythingInTheContainerBelongsToItsOwnRoot() throws Exception {
        assertThat(lab.output(
                        host -> host.tmpfs(Map.of("/t", "", "/u", "uid=7,gid=8")),
                        "id -u; stat -c '%u:%g %n' / /bin/busybox /etc/hosts /etc/hostname /etc/resolv.conf /dev"
                                + " /dev/shm /dev/null /dev/pts /t /u; ls /sys/class/net"))
                .isEqualTo("""
                        0
                        0:0 /
                        0:0 /bin/busybox
                        0:0 /etc/hosts
                        0:0 /etc/hostname
                        0:0 /etc/resolv.conf
                        0:0 /dev
                        0:0 /dev/shm
                        0:0 /dev/null
                        0:0 /dev/pts
                        0:0 /t
                        7:8 /u
                        eth0
                        lo
                        """);
    }

    @Test
    void itsRootMayDoWhatRootDoesThere() throws Exception {
        assertThat(lab.output(
                        PLAIN,
                        "mkdir /d && echo x >/d/f && chown 7:8 /d/f && stat -c %u:%g /d/f;"
                                + "echo 1.2.3.4 x >>/etc/hosts && echo hosts; echo y >/dev/shm/y && echo shm;"
                                + "rm /etc/passwd && echo removed; echo out >/dev/stdout;"
                                + "ping -c 1 -w 5 127.0.0.1 >/dev/null && echo ping"))
                .isEqualTo("7:8\nhosts\nshm\nremoved\nout\nping\n");
    }

    @Test
    void laterProcessesAndOtherUsersAreMappedToo() throws Exception {
        String id = lab.started(PLAIN, "sleep 1000");

        assertThat(lab.exec(id, "", "sh", "-c", "id -u; touch /by-exec; stat -c %u /by-exec"))
                .isEqualTo("0\n0\n");
        assertThat(lab.exec(id, "12:13", "sh", "-c", "echo out >/dev/stdout")).isEqualTo("out\n");
        assertThat(lab.exec(id, "12:13", "sh", "-c", "id -u; touch /tmp/x; stat -c %u:%g /tmp/x"))
                .isEqualTo("12\n12:13\n");
        assertThat(lab.logs(lab.ended(
                        RemapLab.request(PLAIN, "id -u; id -g").user("5:6").build())))
                .isEqualTo("5\n6\n");
    }

    @Test
    void devicesThatVendorsDescribeBelongToTheContainersRoot() throws Exception {
        // The mapped root runs them: the programs of vendors are everybody's.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path told = directory.resolve("told");
        Path hook = Files.writeString(directory.resolve("hook"), "#!/bin/sh\necho $1 >> " + told + "\n");
        assertThat(hook.toFile().setReadable(true, false) && hook.toFile().setExecutable(true, false))
                .isTrue();
        Files.writeString(
                Files.createDirectories(directory.resolve("cdi")).resolve("vendor.yaml"), """
                cdiVersion: 0.6.0
                kind: vendor.example/unit
                devices:
                - name: a
                  containerEdits:
                    deviceNodes: [{path: /dev/unit, hostPath: /dev/null}]
                    hooks:
                    - {hookName: createRuntime, path: %1$s, args: [hook, runtime]}
                    - {hookName: createContainer, path: /bin/true}
                    - {hookName: startContainer, path: /bin/sh, args: [sh, -c, "id -u >>/tmp/hooked"]}
                    - {hookName: poststop, path: %1$s, args: [hook, stopped]}
                """.formatted(hook));
        String id = lab.ended(busybox(
                host -> host.deviceRequests(CdiRequests.of(List.of("vendor.example/unit=a"))),
                "cat /tmp/hooked; stat -c '%t:%T' /dev/unit; echo x >/dev/unit && echo written"));
        assertThat(lab.logs(id)).isEqualTo("0\n1:3\nwritten\n");
        lab.table().get(id).awaitClearing();
        assertThat(told).hasContent("runtime\nstopped\n");
    }

    @Test
    void hostsFilesAreOutOfReach() throws Exception {
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Path secret = Files.writeString(shared.resolve("secret"), "host");
        Files.setPosixFilePermissions(secret, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));

        assertThat(lab.output(
                        host -> host.binds(List.of(shared + ":/s")),
                        "cat /s/secret 2>/dev/null || echo unread; echo x 2>/dev/null >/s/secret || echo unwritten;"
                                + "chown 0 /s/secret 2>/dev/null || echo unowned; touch /s/new 2>/dev/null || echo unmade;"
                                + "rm -f /s/secret 2>/dev/null || echo kept;"
                                + "mount -t tmpfs x /tmp 2>/dev/null || echo unmounted; stat -c %u /s/secret;"
                                + "echo 1 2>/dev/null >/proc/sys/kernel/panic || echo unset"))
                .isEqualTo("unread\nunwritten\nunowned\nunmade\nkept\nunmounted\n65534\nunset\n");
        assertThat(secret).hasContent("host");
    }

    @Test
    void copiesCarryTheOwnersThatTheContainerSees() throws Exception {
        String id = lab.started(
                host -> host.binds(List.of("vol1:/v")),
                "mkdir /d; touch /d/f /v/f; chown 7:8 /d/f /v/f; echo done; sleep 1000");
        while (!lab.logs(id).equals("done\n")) {
            Thread.onSpinWait();
        }
        byte[] tar = lab.copied(id, "/d");
        assertThat(RemapLab.owners(tar)).isEqualTo(Map.of("d/", "0:0", "d/f", "7:8"));
        assertThat(RemapLab.owners(lab.copied(id, "/v"))).isEqualTo(Map.of("v/", "0:0", "v/f", "7:8"));
        lab.engine.containers().extract(id, "/tmp", new java.io.ByteArrayInputStream(tar), false, false);
        lab.engine.containers().extract(id, "/v", new java.io.ByteArrayInputStream(tar), false, false);
        assertThat(lab.exec(id, "", "stat", "-c", "%u:%g", "/tmp/d", "/tmp/d/f", "/v/d/f"))
                .isEqualTo("0:0\n7:8\n7:8\n");

        lab.engine.containers().stop(id, null, 0);
        assertThat(RemapLab.owners(lab.copied(id, "/d"))).isEqualTo(Map.of("d/", "0:0", "d/f", "7:8"));
        assertThat(RemapLab.owners(lab.copied(id, "/v/f"))).isEqualTo(Map.of("f", "7:8"));
        lab.engine.containers().extract(id, "/v/d", new java.io.ByteArrayInputStream(tar), false, false);
        lab.engine.containers().extract(id, "/", new java.io.ByteArrayInputStream(tar), false, false);
        assertThat(RemapLab.owners(lab.copied(id, "/v/d/d/f"))).isEqualTo(Map.of("f", "7:8"));
        assertThat(RemapLab.owners(lab.copied(id, "/d/f"))).isEqualTo(Map.of("f", "7:8"));
    }

    @Test
    void imagesMadeOfItAreAsIfNothingWasMapped() throws Exception {
        String script = "mkdir /d; echo x >/d/f; chown 7:8 /d/f; chmod 4755 /d/f; rm /etc/passwd; ln -s f /d/l";
        String mapped = lab.ended(busybox(PLAIN, script));
        String plain = lab.ended(busybox(host -> host.usernsMode("host"), script));

        assertThat(lab.engine.containers().changes(mapped))
                .isEqualTo(lab.engine.containers().changes(plain));
        assertThat(RemapLab.owners(lab.exported(mapped)))
                .containsEntry("d/f", "7:8")
                .isEqualTo(RemapLab.owners(lab.exported(plain)));
        lab.engine
                .images()
                .commit(new ImageService.CommitRequest(mapped, "made", "latest", null, null, true, List.of()), null);
        assertThat(lab.logs(lab.ended(RemapLab.request(
                                host -> host.usernsMode("host"), "stat -c '%u:%g %a' / /d /d/f; ls /etc/passwd 2>&1")
                        .image("made")
                        .build())))
                .startsWith("0:0 755\n0:0 755\n7:8 4755\nls: /etc/passwd: No such file");
    }

    @Test
    void volumesBelongToTheMappedRootAndTakeUpTheImagesOwners() throws Exception {
        String id =
                lab.ended(RemapLab.request(PLAIN, "mkdir -p /data; touch /data/f; chown 7:8 /data/f; chmod 700 /data")
                        .build());
        lab.engine
                .images()
                .commit(new ImageService.CommitRequest(id, "withdata", "latest", null, null, true, List.of()), null);

        assertThat(lab.logs(lab.ended(RemapLab.request(
                                host -> host.binds(List.of("copied:/data", "fresh:/new")),
                                "stat -c '%u:%g %a' /data /data/f /new; touch /new/x && echo made")
                        .image("withdata")
                        .build())))
                .isEqualTo("0:0 700\n7:8 644\n0:0 755\nmade\n");
        Path data = Path.of(lab.engine.volumes().inspect("copied").mountpoint());
        assertThat(Files.getAttribute(data, "unix:uid")).isEqualTo(ROOT);
        assertThat(Files.getAttribute(data.resolve("f"), "unix:uid")).isEqualTo(ROOT + 7);
        assertThat(Files.getAttribute(data.resolve("f"), "unix:gid")).isEqualTo(ROOT + 1 + 8);
    }

    @Test
    void theHostsUserNamespaceIsThereForWhoAsks() throws Exception {
        assertThat(lab.output(
                        host -> host.usernsMode("host").privileged(true),
                        "cat /proc/self/uid_map; stat -c %u /bin/busybox; echo 1.2.3.4 x >>/etc/hosts && echo hosts"))
                .endsWith("4294967295\n0\nhosts\n");
        assertThatThrownBy(() -> lab.create(busybox(host -> host.privileged(true), "true")))
                .hasMessage("privileged mode is incompatible with user namespaces.  You must run the container in the"
                        + " host namespace when running privileged mode");
        assertThatThrownBy(() -> lab.create(busybox(host -> host.networkMode("host"), "true")))
                .hasMessage("cannot share the host's network namespace when user namespaces are enabled");
        assertThatThrownBy(() -> lab.create(busybox(host -> host.pidMode("host"), "true")))
                .hasMessage("cannot share the host PID namespace when user namespaces are enabled");
    }

    @Test
    void namespacesOfOthersAreJoinedTogetherWithTheirUserNamespace() throws Exception {
        String first = lab.started(host -> host.ipcMode("shareable"), "echo mine >/dev/shm/x; sleep 1000");
        String script = "ls /sys/class/net; ps | grep -c 'sleep 1000'; readlink /proc/self/ns/user;"
                + " cat /dev/shm/x; touch /made && stat -c %u /made; echo x >/dev/shm/y && echo written";
        String other = "container:" + first;

        String user = Files.readSymbolicLink(Path.of("/proc/" + lab.pid(first) + "/ns/user"))
                .toString();
        assertThat(lab.output(host -> host.networkMode(other).pidMode(other).ipcMode(other), script))
                .startsWith("eth0\nlo\n")
                .contains(user)
                .endsWith("mine\n0\nwritten\n");
        String hosts = lab.started(host -> host.usernsMode("host"), "sleep 1000");
        assertThatThrownBy(() -> lab.started(host -> host.pidMode("container:" + hosts), "true"))
                .hasMessageContaining("another user namespace");
    }

    @Test
    void mappedBindsShowTheHostsFilesAsTheContainersOwn() throws Exception {
        Path shared = Files.createDirectory(directory.resolve("mine"));
        Files.writeString(shared.resolve("f"), "host");

        assertThat(lab.output(
                        host -> host.binds(List.of(shared + ":/s:idmap")),
                        "stat -c %u:%g /s /s/f; echo x >/s/new && chown 7:8 /s/new && stat -c %u:%g /s/new"))
                .isEqualTo("0:0\n0:0\n7:8\n");
        assertThat(Files.getAttribute(shared.resolve("new"), "unix:uid")).isEqualTo(7);
    }

    @Test
    void containersOutliveTheEngineWithTheirMap() throws Exception {
        Path own = Files.createDirectory(directory.resolve("own"));
        String bridge = BRIDGE + "k";
        Path accounts = RemapLab.accounts(own);
        var process = new EngineProcess(own.resolve("data"), bridge, accounts);
        String id = process.run("stays", "no", "touch /f; chown 7:8 /f; echo ready; sleep 1000");
        process.kill();
        try (RemapLab adopted = RemapLab.adopt(own, bridge)) {
            assertThat(adopted.table().get(id).status().phase()).isEqualTo(Phase.RUNNING);
            assertThat(adopted.exec(id, "", "sh", "-c", "id -u; stat -c %u:%g /f; ls /sys/class/net"))
                    .isEqualTo("0\n7:8\neth0\nlo\n");
            assertThat(RemapLab.owners(adopted.copied(id, "/f"))).isEqualTo(Map.of("f", "7:8"));
            adopted.engine.containers().restart(id, null, 0);
            assertThat(adopted.exec(id, "", "stat", "-c", "%u:%g", "/f")).isEqualTo("7:8\n");
            assertThat(adopted.engine.system().check(false)).isEmpty();
        }
    }

    @Test
    void enginesWithAndWithoutMapsLiveSideBySide() throws Exception {
        try (RemapLab plain = new RemapLab(Files.createDirectory(directory.resolve("plain")), BRIDGE + "p", false)) {
            String mapped = lab.started(PLAIN, "sleep 1000");
            String other = plain.started(PLAIN, "sleep 1000");

            assertThat(Files.getAttribute(Path.of("/proc/" + lab.pid(mapped)), "unix:uid"))
                    .isEqualTo(ROOT);
            assertThat(Files.getAttribute(Path.of("/proc/" + plain.pid(other)), "unix:uid"))
                    .isEqualTo(0);
            assertThat(plain.exec(other, "", "cat", "/proc/self/uid_map")).contains("4294967295");
        }
    }
}
