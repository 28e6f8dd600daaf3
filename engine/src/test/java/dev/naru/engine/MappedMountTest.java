package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.wire.MountRequestBuilder;
import dev.naru.wire.MountRequestImageOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Binds with other owners, and images as mounts, in engines with and without user namespaces. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class MappedMountTest {
    private static final String BRIDGE = "nmm" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private RemapLab lab;

    @BeforeEach
    void open() throws Exception {
        lab = new RemapLab(directory, BRIDGE, false);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private static MountRequestBuilder image(String source, String target) {
        return MountRequestBuilder.builder().type("image").source(source).target(target);
    }

    /** An image that isn't busybox, with a file of another owner. */
    private void makeData() throws Exception {
        String id = lab.ended(RemapLab.busybox(
                host -> host, "mkdir -p /data/sub; echo one >/data/sub/f; chown 7:8 /data/sub/f; ln -s / /data/up"));
        lab.engine
                .images()
                .commit(new ImageService.CommitRequest(id, "data", "latest", null, null, true, List.of()), null);
        lab.engine.containers().remove(id, true, true, false);
    }

    @Test
    void otherUserOwnsABindWithoutAnyChange() throws Exception {
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Files.writeString(shared.resolve("f"), "host");
        String id = lab.ended(RemapLab.request(
                        host -> host.binds(List.of(shared + ":/s:idmap=uids=0-1000-1;gids=0-1000-1")),
                        "stat -c %u:%g /s/f; echo x >/s/new; stat -c %u:%g /s/new; cat /s/f")
                .user("1000:1000")
                .build());

        assertThat(lab.logs(id)).isEqualTo("1000:1000\n1000:1000\nhost");
        assertThat(Files.getAttribute(shared.resolve("new"), "unix:uid")).isEqualTo(0);
        assertThat(RemapLab.owners(lab.copied(id, "/s/f"))).isEqualTo(Map.of("f", "1000:1000"));
        assertThat(lab.engine
                        .containers()
                        .inspect(id, false)
                        .mounts()
                        .getFirst()
                        .mode())
                .isEqualTo("idmap=uids=0-1000-1;gids=0-1000-1");
        for (String bad : List.of("idmap", "idmap=uids=0-1-1", "idmap=uids=0-1;gids=0-1-1", "idmap,idmap")) {
            assertThatThrownBy(() ->
                            lab.create(RemapLab.busybox(host -> host.binds(List.of(shared + ":/s:" + bad)), "true")))
                    .as(bad)
                    .isInstanceOf(dev.naru.error.NaruException.class);
        }
    }

    @Test
    void imageIsMountedReadOnlyAsItIs() throws Exception {
        makeData();
        String id = lab.ended(RemapLab.busybox(
                host -> host.mounts(List.of(
                        image("data", "/x").build(),
                        image("data", "/part")
                                .imageOptions(new MountRequestImageOptions("data/sub"))
                                .build(),
                        image("data", "/file")
                                .imageOptions(new MountRequestImageOptions("data/sub/f"))
                                .build())),
                "ls -a /x; stat -c %u:%g /x/data/sub/f /part/f; cat /file; echo 2>/dev/null >/x/new || echo refused;"
                        + "touch /part/f 2>/dev/null || echo refused"));

        assertThat(lab.logs(id)).isEqualTo(".\n..\nbin\ndata\netc\ntmp\n7:8\n7:8\none\nrefused\nrefused\n");
        var shown = lab.engine.containers().inspect(id, false).mounts().getLast();
        assertThat(shown.type()).isEqualTo("image");
        assertThat(shown.name()).isEqualTo("data");
        assertThat(shown.destination()).isEqualTo("/x");
        assertThat(shown.rw()).isFalse();
        assertThat(shown.propagation()).isEqualTo("rprivate");
        assertThat(RemapLab.owners(lab.copied(id, "/part/f"))).isEqualTo(Map.of("f", "7:8"));
    }

    @Test
    void imageStaysWhileItIsMounted() throws Exception {
        makeData();
        String id = lab.started(host -> host.mounts(List.of(image("data", "/x").build())), "sleep 1000");

        assertThatThrownBy(() -> lab.engine.images().remove("data", false, true))
                .hasMessageContaining("is using its referenced image");
        assertThat(lab.exec(id, "", "cat", "/x/data/sub/f")).isEqualTo("one\n");
        var snapshots = lab.table().all().size();
        lab.engine.close();
        lab.engine = Engine.open(RemapLab.config(directory, BRIDGE, null));
        assertThat(lab.table().all()).hasSize(snapshots);
        assertThat(lab.exec(id, "", "cat", "/x/data/sub/f")).isEqualTo("one\n");
        lab.engine.containers().restart(id, null, 0);
        assertThat(lab.exec(id, "", "cat", "/x/data/sub/f")).isEqualTo("one\n");
        lab.engine.containers().remove(id, true, true, false);
        assertThat(lab.engine.images().remove("data", false, true)).isNotEmpty();
        assertThat(lab.engine.system().check(false)).isEmpty();
    }

    @Test
    void senselessImageMountsAreRefused() {
        assertThatThrownBy(() -> lab.create(RemapLab.busybox(
                        host -> host.mounts(List.of(image("nosuch", "/x").build())), "true")))
                .hasMessageContaining("No such image: nosuch:latest");
        assertThatThrownBy(() -> lab.create(RemapLab.busybox(
                        host -> host.mounts(List.of(image("", "/x").build())), "true")))
                .hasMessageContaining("field Source must not be empty");
        for (String path : List.of("../x", "/x")) {
            assertThatThrownBy(() -> lab.create(RemapLab.busybox(
                            host -> host.mounts(List.of(image("busybox", "/x")
                                    .imageOptions(new MountRequestImageOptions(path))
                                    .build())),
                            "true")))
                    .hasMessageContaining("subpath must be a relative path within the volume");
        }
        assertThatThrownBy(() -> lab.started(
                        host -> host.mounts(List.of(image("busybox", "/x")
                                .imageOptions(new MountRequestImageOptions("nope"))
                                .build())),
                        "true"))
                .hasMessageContaining("cannot access path nope");
    }
}
