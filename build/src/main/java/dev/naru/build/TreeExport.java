package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images;
import dev.naru.image.TreeWriter;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.OwnerMap;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** Solved file trees as they are, without an image around them. */
public final class TreeExport {
    private final Images images;

    public TreeExport(Images images) {
        this.images = requireNonNull(images, "images");
    }

    /**
     * Writes trees as one tar stream, each below a directory of its own name when there are several, as BuildKit's
     * exporters {@code tar} and {@code local} do. Files are sorted.
     *
     * @param chains chains of layers by the directory's name; the name of a single one may be empty for none
     * @param out stays open
     */
    public void tar(Map<String, String> chains, OutputStream out) {
        try (var tar = new TreeWriter(out, false, OwnerMap.SAME)) {
            for (Map.Entry<String, String> each : chains.entrySet()) {
                write(tar, each.getKey(), each.getValue());
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
}
