package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Attestation;
import dev.naru.image.Images;
import dev.naru.image.TreeWriter;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.OwnerMap;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Solved file trees as they are, without an image around them. */
public final class TreeExport {
    private final Images images;

    public TreeExport(Images images) {
        this.images = requireNonNull(images, "images");
    }

    /**
     * One tree.
     *
     * @param name of a directory of its own; empty for none
     * @param chain of layers, empty for the empty tree
     * @param more files that are written beside it, by name
     */
    public record Root(String name, String chain, Map<String, byte[]> more) {
        public Root {
            requireNonNull(name, "name");
            requireNonNull(chain, "chain");
            more = new TreeMap<>(more);
        }
    }

    /**
     * Writes trees as one tar stream, each below a directory of its own name when there are several, as BuildKit's
     * exporters {@code tar} and {@code local} do. Files are sorted.
     *
     * @param out stays open
     */
    public void tar(List<Root> roots, OutputStream out) {
        try (var tar = new TreeWriter(out, false, OwnerMap.SAME)) {
            for (Root each : roots) {
                write(tar, each.name(), each.chain());
                String below = each.name().isEmpty() ? "" : each.name() + "/";
                for (Map.Entry<String, byte[]> file : each.more().entrySet()) {
                    tar.file(below + file.getKey(), file.getValue());
                }
            }
            tar.finish();
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the files of a build", failure);
        }
    }

    private void write(TreeWriter tar, String name, String chain) throws IOException {
        try (Workspace snapshot = Workspace.on(chain, images.snapshotter(), images.built());
                Descriptor mounted = snapshot.mount();
                var calls = new FileCalls();
                // A mount's own descriptor names the directory without opening it.
                Descriptor root = calls.open(mounted.number(), ".", Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            if (name.isEmpty()) {
                tar.children(root, "");
            } else {
                tar.directory(root, name);
            }
        }
    }

    /** The regular files of a chain of layers, of which statements beside a tree speak. */
    public List<Attestation.Subject> subjects(String chain) {
        try (Workspace snapshot = Workspace.on(chain, images.snapshotter(), images.built());
                ReadableTree tree = new MountedTree(snapshot.mount(), () -> {})) {
            return subjects(tree);
        }
    }

    /** The regular files of a tree. */
    public static List<Attestation.Subject> subjects(ReadableTree tree) {
        List<Attestation.Subject> all = new ArrayList<>();
        collect(tree, "", all);
        return all;
    }

    private static void collect(ReadableTree tree, String directory, List<Attestation.Subject> all) {
        for (String name : tree.list(directory)) {
            String path = ReadableTree.join(directory, name);
            TreeFile file = tree.file(path).orElse(null);
            if (file != null && file.isDirectory()) {
                collect(tree, path, all);
            } else if (file != null && file.isRegular()) {
                all.add(new Attestation.Subject(FileCalls.text(path), tree.digest(path)));
            }
        }
    }
}
