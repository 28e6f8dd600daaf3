package dev.naru.image;

import static dev.naru.image.ArchiveBuilder.directory;
import static dev.naru.image.ArchiveBuilder.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What layers must look like in a container, whatever keeps them. */
abstract class LayerConformance {
    @TempDir
    Path root;

    Store store;
    ImageStore images;

    /** The name of the storage driver. */
    abstract String driver();

    @BeforeEach
    void open() {
        store = Store.open(root);
        images = ImageStore.open(store, driver(), UnpackLimits.DEFAULT);
        images.load(new ByteArrayInputStream(ImageStoreTest.base().build()), progress -> {});
    }

    @AfterEach
    void close() {
        images.awaitRemovals();
        images.close();
        store.close();
    }

    /** Stops and starts the engine's rooms. */
    void reopen() {
        close();
        store = Store.open(root);
        images = ImageStore.open(store, driver(), UnpackLimits.DEFAULT);
    }

    Snapshotter snapshots() {
        return images.snapshotter();
    }

    void prepare(String key) {
        snapshots().prepare(key, images.get("test").chainId());
    }

    interface Work {
        void run(Path path) throws IOException;
    }

    void in(String key, Work work) {
        snapshots().withMounted(key, path -> {
            try {
                work.run(path);
                return true;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    /** Loads an image of these layers, lowest first, and gives the first container's tree to the work. */
    private void stacked(List<ArchiveBuilder.Content> layers, Work work) {
        var archive = new ArchiveBuilder().tag("stacked");
        layers.forEach(archive::layer);
        images.load(new ByteArrayInputStream(archive.build()), progress -> {});
        String key = "stacked" + snapshots().keys().size();
        snapshots().prepare(key, images.get("stacked").chainId());
        in(key, work);
        assertThat(snapshots().changes(key)).isEmpty();
    }

    private static TarEntry entry(String name, TarEntry.Type type, int mode, String link, Map<String, byte[]> xattrs) {
        return new TarEntry(name, type, mode, 1000, 70_000, 0, 1_700_000_000, 123_456_789, link, 0, 0, xattrs, null, 0);
    }

    private static TarEntry link(String name, String target) {
        return entry(name, TarEntry.Type.HARD_LINK, 0644, target, Map.of());
    }

    private static FileStatus status(Path root, String path) {
        try (var calls = new FileCalls()) {
            return calls.status(Descriptor.CWD, root.resolve(path).toString()).orElseThrow();
        }
    }

    private static String xattr(Path root, String path, String name) {
        try (var calls = new FileCalls();
                var at = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            return calls.getXattr(at.number(), path, name)
                    .map(HexFormat.of()::formatHex)
                    .orElse("none");
        }
    }

    @Test
    void whiteoutsHideWhatIsBelow() {
        stacked(
                List.of(
                        tar -> {
                            directory(tar, "d/");
                            file(tar, "d/gone", "x");
                            file(tar, "d/kept", "x");
                            directory(tar, "tree/deep/");
                            file(tar, "tree/deep/file", "x");
                        },
                        tar -> {
                            file(tar, "d/.wh.gone", "");
                            file(tar, ".wh.tree", "");
                        },
                        tar -> file(tar, "d/new", "x")),
                path -> {
                    assertThat(path.resolve("d").toFile().list()).containsExactlyInAnyOrder("kept", "new");
                    assertThat(path.resolve("tree")).doesNotExist();
                });
    }

    @Test
    void opaqueDirectoriesHideAllThatIsBelow() {
        ArchiveBuilder.Content below = tar -> {
            directory(tar, "a/b/");
            file(tar, "a/old", "x");
            file(tar, "a/b/old", "x");
        };
        stacked(
                List.of(below, tar -> {
                    directory(tar, "a/");
                    file(tar, "a/.wh..wh..opq", "");
                    file(tar, "a/new", "x");
                }),
                path -> assertThat(path.resolve("a").toFile().list()).containsExactly("new"));
        stacked(
                List.of(below, tar -> {
                    file(tar, "a/b/new", "x");
                    file(tar, "a/b/.wh..wh..opq", "");
                }),
                path -> {
                    assertThat(path.resolve("a").toFile().list()).containsExactlyInAnyOrder("old", "b");
                    assertThat(path.resolve("a/b").toFile().list()).containsExactly("new");
                });
    }

    @Test
    void filesAndDirectoriesReplaceEachOther() {
        stacked(
                List.of(
                        tar -> {
                            directory(tar, "d/");
                            file(tar, "d/inner", "x");
                            file(tar, "f", "x");
                            file(tar, "again", "first");
                        },
                        tar -> {
                            file(tar, "d", "now a file");
                            directory(tar, "f/");
                            file(tar, "f/inner", "y");
                            file(tar, "again", "second");
                            file(tar, "again", "third");
                        },
                        tar -> {
                            file(tar, ".wh.d", "");
                            directory(tar, "d/");
                            file(tar, "d/other", "z");
                        }),
                path -> {
                    assertThat(path.resolve("d").toFile().list()).containsExactly("other");
                    assertThat(path.resolve("f/inner")).hasContent("y");
                    assertThat(path.resolve("again")).hasContent("third");
                });
    }

    @Test
    void hardLinksAreOneFile() {
        stacked(
                List.of(tar -> {
                    directory(tar, "a/");
                    directory(tar, "b/");
                    file(tar, "a/one", "same");
                    tar.begin(link("b/two", "a/one"));
                    tar.begin(link("three", "./a/one"));
                }),
                path -> {
                    assertThat(status(path, "a/one").links()).isEqualTo(3);
                    assertThat(status(path, "b/two").identity())
                            .isEqualTo(status(path, "a/one").identity());
                    assertThat(status(path, "three").identity())
                            .isEqualTo(status(path, "a/one").identity());
                    assertThat(path.resolve("three")).hasContent("same");
                });
    }

    @Test
    void ownersModesAndTimesAreKept() {
        stacked(
                List.of(tar -> {
                    tar.begin(entry("program", TarEntry.Type.FILE, 04755, "", Map.of()));
                    tar.begin(entry("shared/", TarEntry.Type.DIRECTORY, 03770, "", Map.of()));
                    tar.begin(entry("pipe", TarEntry.Type.FIFO, 0600, "", Map.of()));
                    tar.begin(entry("link", TarEntry.Type.SYMBOLIC_LINK, 0777, "nowhere", Map.of()));
                    tar.begin(new TarEntry(
                            "large",
                            TarEntry.Type.FILE,
                            0600,
                            3_000_000_000L,
                            4_294_967_294L,
                            0,
                            -5,
                            250_000_000,
                            "",
                            0,
                            0,
                            Map.of(),
                            null,
                            0));
                    tar.begin(new TarEntry(
                            "null", TarEntry.Type.CHARACTER_DEVICE, 0666, 0, 6, 0, 0, 0, "", 1, 3, Map.of(), null, 0));
                    tar.begin(new TarEntry(
                            "disk",
                            TarEntry.Type.BLOCK_DEVICE,
                            0660,
                            0,
                            6,
                            0,
                            0,
                            0,
                            "",
                            259,
                            70_000,
                            Map.of(),
                            null,
                            0));
                }),
                path -> {
                    for (String name : List.of("program", "shared", "pipe", "link")) {
                        FileStatus status = status(path, name);
                        assertThat(List.of(status.uid(), status.gid())).as(name).containsExactly(1000L, 70_000L);
                        assertThat(status.modified()).as(name).isEqualTo(1_700_000_000);
                        assertThat(status.nanos()).as(name).isEqualTo(123_456_789);
                    }
                    assertThat(status(path, "program").mode()).isEqualTo(0104755);
                    assertThat(status(path, "shared").mode()).isEqualTo(0043770);
                    assertThat(status(path, "pipe").mode()).isEqualTo(0010600);
                    assertThat(status(path, "link").isSymbolicLink()).isTrue();
                    FileStatus large = status(path, "large");
                    assertThat(List.of(large.uid(), large.gid())).containsExactly(3_000_000_000L, 4_294_967_294L);
                    assertThat(large.modified()).isEqualTo(-5);
                    assertThat(large.nanos()).isEqualTo(250_000_000);
                    assertThat(status(path, "null").mode()).isEqualTo(0020666);
                    assertThat(status(path, "null").rdevMajor()).isEqualTo(1);
                    assertThat(status(path, "null").rdevMinor()).isEqualTo(3);
                    assertThat(status(path, "disk").mode()).isEqualTo(0060660);
                    assertThat(status(path, "disk").rdevMajor()).isEqualTo(259);
                    assertThat(status(path, "disk").rdevMinor()).isEqualTo(70_000);
                });
    }

    @Test
    void extendedAttributesCapabilitiesAndAccessListsAreKept() {
        // A capability set of version 2 with cap_net_raw, and a list of rw- for user 1000 (linux/capability.h, acl(5)).
        byte[] capability = HexFormat.of().parseHex("0100000200200000000000000000000000000000");
        byte[] list = HexFormat.of()
                .parseHex("0200000001000600ffffffff02000600e803000004000400ffffffff10000600ffffffff20000400ffffffff");
        stacked(
                List.of(tar -> {
                    tar.begin(entry("ping", TarEntry.Type.FILE, 0755, "", Map.of("security.capability", capability)));
                    tar.begin(entry("listed", TarEntry.Type.FILE, 0664, "", Map.of("system.posix_acl_access", list)));
                    tar.begin(entry(
                            "inherits/", TarEntry.Type.DIRECTORY, 0755, "", Map.of("system.posix_acl_default", list)));
                    tar.begin(entry("noted", TarEntry.Type.FILE, 0644, "", Map.of("user.note", new byte[] {1, 0, 2})));
                    file(tar, "inherits/plain", "x");
                }),
                path -> {
                    assertThat(xattr(path, "ping", "security.capability"))
                            .isEqualTo(HexFormat.of().formatHex(capability));
                    assertThat(xattr(path, "listed", "system.posix_acl_access"))
                            .isEqualTo(HexFormat.of().formatHex(list));
                    assertThat(xattr(path, "inherits", "system.posix_acl_default"))
                            .isEqualTo(HexFormat.of().formatHex(list));
                    assertThat(xattr(path, "noted", "user.note")).isEqualTo("010002");
                    assertThat(status(path, "listed").permissions()).isEqualTo(0664);
                    assertThat(status(path, "inherits").permissions()).isEqualTo(0755);
                });
    }

    @Test
    void namesMayBeLongAndOfAnyBytes() {
        String name = "n".repeat(255);
        String deep = ("d".repeat(200) + "/").repeat(15);
        String bytes = "\u00ff\u0080 \t*\\";
        stacked(
                List.of(tar -> {
                    file(tar, name, "pax");
                    file(tar, deep + "file", "deep");
                    file(tar, bytes, "bytes");
                    tar.begin(entry("link", TarEntry.Type.SYMBOLIC_LINK, 0777, "t".repeat(4000), Map.of()));
                }),
                path -> {
                    assertThat(path.resolve(name)).hasContent("pax");
                    assertThat(path.resolve(deep + "file")).hasContent("deep");
                    try (var calls = new FileCalls();
                            var at =
                                    Descriptor.open(path.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                        assertThat(calls.list(at.number())).contains(bytes);
                        assertThat(calls.readLink(at.number(), "link")).hasSize(4000);
                    }
                });
        load("gnu", RawTar.longName("dir/" + "g".repeat(240), "gnu"));
        in("gnu", path -> assertThat(path.resolve("dir/" + "g".repeat(240))).hasContent("gnu"));
    }

    /** Loads an image of one layer, and prepares a container of the same name. */
    private void load(String name, byte[] layer) {
        byte[] archive = new ArchiveBuilder()
                .tag(name)
                .compressedLayer(layer, dev.naru.oci.Digest.of(layer).toString())
                .build();
        images.load(new ByteArrayInputStream(archive), progress -> {});
        snapshots().prepare(name, images.get(name).chainId());
    }

    @Test
    void holesStayHoles() {
        load("sparse", RawTar.sparse("file", 1L << 33, 1L << 32, "middle", (1L << 33) - 3, "end"));
        in("sparse", path -> {
            try (FileChannel in = FileChannel.open(path.resolve("file"))) {
                assertThat(in.size()).isEqualTo(1L << 33);
                assertThat(RawTar.read(in, 1L << 32, 6)).isEqualTo("middle");
                assertThat(RawTar.read(in, (1L << 33) - 3, 3)).isEqualTo("end");
                assertThat(RawTar.read(in, 1 << 20, 3)).isEqualTo("\0\0\0");
            }
        });
        long onDisk = 0;
        try (var files = Files.walk(root.resolve("overlay"))) {
            int device = status(root, "").deviceMinor();
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                // What an image shows is not on the disk.
                onDisk += status(each, "").deviceMinor() == device ? 512 * RawTar.blocks(each) : 0;
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        assertThat(onDisk).isLessThan(4 << 20);
    }

    @Test
    void undescribedDirectoriesAreWhatTheyAreBelow() {
        stacked(
                List.of(
                        tar -> {
                            tar.begin(entry("./", TarEntry.Type.DIRECTORY, 0751, "", Map.of()));
                            tar.begin(entry("a/", TarEntry.Type.DIRECTORY, 0700, "", Map.of("user.a", new byte[] {7})));
                            tar.begin(entry("a/b/", TarEntry.Type.DIRECTORY, 01777, "", Map.of()));
                        },
                        tar -> file(tar, "a/b/file", "x"),
                        tar -> {
                            file(tar, "a/b/new/.wh..wh..opq", "");
                            file(tar, "a/b/new/file", "y");
                        }),
                path -> {
                    assertThat(status(path, "a").mode()).isEqualTo(0040700);
                    assertThat(status(path, "a/b").mode()).isEqualTo(0041777);
                    assertThat(status(path, "a/b").nanos()).isEqualTo(123_456_789);
                    assertThat(status(path, "a/b").uid()).isEqualTo(1000);
                    assertThat(xattr(path, "a", "user.a")).isEqualTo("07");
                    assertThat(path.resolve("a/b/file")).hasContent("x");
                    assertThat(path.resolve("a/b/new/file")).hasContent("y");
                });
    }

    @Test
    void linksLeadEntriesToTheirPlace() {
        stacked(
                List.of(tar -> {
                    directory(tar, "usr/lib/");
                    tar.begin(entry("lib", TarEntry.Type.SYMBOLIC_LINK, 0777, "usr/lib", Map.of()));
                    tar.begin(entry("etc", TarEntry.Type.SYMBOLIC_LINK, 0777, "/usr/../usr/./etc", Map.of()));
                    directory(tar, "usr/etc/");
                    file(tar, "lib/file", "x");
                    file(tar, "etc/conf", "y");
                    tar.begin(link("hard", "lib/file"));
                }),
                path -> {
                    assertThat(path.resolve("usr/lib/file")).hasContent("x");
                    assertThat(path.resolve("usr/etc/conf")).hasContent("y");
                    assertThat(path.resolve("hard")).hasContent("x");
                });
    }

    @Test
    void manyImagesAreLoadedAtOnce() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var loads = new ArrayList<Future<?>>();
            for (int i = 0; i < 8; i++) {
                String name = "image" + i;
                byte[] archive = new ArchiveBuilder()
                        .tag(name)
                        .layer(tar -> file(tar, "common", "in all"))
                        .layer(tar -> file(tar, "own", name))
                        .build();
                loads.add(threads.submit(() -> images.load(new ByteArrayInputStream(archive), progress -> {})));
            }
            for (Future<?> load : loads) {
                load.get();
            }
        }
        for (int i = 0; i < 8; i++) {
            String name = "image" + i;
            snapshots().prepare(name, images.get(name).chainId());
            in(name, path -> {
                assertThat(path.resolve("common")).hasContent("in all");
                assertThat(path.resolve("own")).hasContent(name);
            });
        }
        images.awaitRemovals();
        assertThat(images.check(false)).isEmpty();
    }

    @Test
    void aContainersChangesBecomeALayer() {
        prepare("one");
        in("one", path -> {
            Files.delete(path.resolve("bin/sh"));
            Files.writeString(path.resolve("etc/passwd"), "changed");
            Files.delete(path.resolve("var/old"));
            Files.delete(path.resolve("var"));
            Files.createDirectory(path.resolve("var"));
            Files.createSymbolicLink(path.resolve("link"), Path.of("etc"));
        });
        images.commit(images.get("test"), "one", new Images.Commit("made", CompressionTest.run(), "", "", "", null));
        snapshots().prepare("two", images.get("made").chainId());
        in("two", path -> {
            assertThat(path.resolve("bin/sh")).doesNotExist();
            assertThat(path.resolve("etc/passwd")).hasContent("changed");
            assertThat(path.resolve("var").toFile().list()).isEmpty();
            assertThat(Files.isSymbolicLink(path.resolve("link"))).isTrue();
        });
        assertThat(snapshots().changes("two")).isEmpty();
    }
}
