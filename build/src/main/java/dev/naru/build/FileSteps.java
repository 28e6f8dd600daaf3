package dev.naru.build;

import dev.naru.error.NaruException;
import dev.naru.image.Compression;
import dev.naru.image.StreamChannel;
import dev.naru.image.TreeExtractor;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.OwnerMap;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Carries out changes of files in one tree. */
final class FileSteps {
    private static final int TAR_MAGIC = 257;

    private final Descriptor root;
    private final TreeTarget target;
    private final IntFunction<ReadableTree> trees;
    private final @Nullable LayerLinks links;

    /**
     * @param trees the readable trees by index; they stay open
     * @param links takes files over from other layers; null for copies
     */
    FileSteps(Descriptor root, TreeTarget target, IntFunction<ReadableTree> trees, @Nullable LayerLinks links) {
        this.root = root;
        this.target = target;
        this.trees = trees;
        this.links = links;
    }

    void apply(FileAction action) throws InterruptedException {
        switch (action) {
            case FileAction.Copy copy -> copy(copy);
            case FileAction.MakeFile file -> makeFile(file);
            case FileAction.MakeDirectory directory -> makeDirectory(directory);
            case FileAction.Remove remove -> remove(remove);
            case FileAction.Link link -> link(link);
        }
    }

    private static String path(String text) {
        return CopySelection.clean(FileCalls.bytes(text));
    }

    private static long seconds(long nanoseconds) {
        return nanoseconds < 0 ? -1 : nanoseconds / 1_000_000_000;
    }

    private static int nanos(long nanoseconds) {
        return nanoseconds < 0 ? 0 : (int) (nanoseconds % 1_000_000_000);
    }

    private TreeTarget.Attributes attributes(int mode, FileAction.Owner owner, long time) {
        Accounts.Ids ids = Accounts.of(owner, trees);
        return new TreeTarget.Attributes(mode, ids.uid(), ids.gid(), seconds(time), nanos(time), Map.of());
    }

    private void makeFile(FileAction.MakeFile file) {
        byte[] content = file.content().base64()
                ? Base64.getDecoder().decode(file.content().text())
                : file.content().text().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        target.file(path(file.path()), content, attributes(file.mode(), file.owner(), file.timestamp()));
    }

    private void makeDirectory(FileAction.MakeDirectory directory) {
        String path = path(directory.path());
        if (path.isEmpty()
                || target.status(path, true).filter(FileStatus::isDirectory).isPresent()) {
            if (!directory.parents() && !path.isEmpty()) {
                throw NaruException.invalid("cannot make directory \"/" + FileCalls.text(path) + "\": it exists");
            }
            return;
        }
        TreeTarget.Attributes attributes = attributes(directory.mode(), directory.owner(), directory.timestamp());
        if (directory.parents()) {
            target.directories(TreeTarget.parentOf(path), 0755, attributes.uid(), attributes.gid());
        } else if (target.status(TreeTarget.parentOf(path), true).isEmpty()) {
            throw NaruException.notFound(
                    "cannot make directory \"/" + FileCalls.text(path) + "\": its parent is missing");
        }
        target.directory(path, false);
        target.describe(path, attributes);
    }

    private void remove(FileAction.Remove remove) {
        String pattern = path(remove.path());
        List<String> paths = List.of(pattern);
        if (remove.wildcards() && Wildcard.isPattern(pattern)) {
            try (var tree = new MountedTree(new Descriptor(dup()), () -> {})) {
                paths = CopySelection.matches(tree, pattern, true);
            }
        }
        for (String path : paths) {
            if (path.isEmpty()) {
                throw NaruException.invalid("cannot remove the root of a tree");
            }
            if (target.status(path, false).isEmpty()) {
                if (!remove.allowMissing()) {
                    throw NaruException.notFound("cannot remove \"/" + FileCalls.text(path) + "\": not found");
                }
                continue;
            }
            target.remove(path);
        }
    }

    private int dup() {
        try (var calls = new FileCalls()) {
            int opened = calls.openInRoot(root.number(), "", Descriptor.O_RDONLY | Descriptor.O_DIRECTORY);
            if (opened < 0) {
                throw NaruException.invalid("cannot open the root of a tree");
            }
            return opened;
        }
    }

    private void link(FileAction.Link link) {
        // A symbolic link's target is text for whoever follows it.
        target.symbolicLink(
                path(link.path()), FileCalls.bytes(link.target()), attributes(0777, link.owner(), link.timestamp()));
    }

    private void copy(FileAction.Copy copy) throws InterruptedException {
        ReadableTree from = trees.apply(copy.from());
        CopySelection selection = CopySelection.of(copy, from);
        var writer = new Copying(copy, from, Accounts.of(copy.owner(), trees));
        for (CopySelection.Root each : selection.roots()) {
            writer.root(each);
        }
    }

    /** One copy under way. */
    private final class Copying {
        private final FileAction.Copy copy;
        private final ReadableTree from;
        private final Accounts.Ids owner;
        private final String destination;
        private final NavigableMap<String, TreeTarget.Attributes> directories = new TreeMap<>();

        Copying(FileAction.Copy copy, ReadableTree from, Accounts.Ids owner) {
            this.copy = copy;
            this.from = from;
            this.owner = owner;
            this.destination = followed(path(copy.destination()));
        }

        void root(CopySelection.Root root) throws InterruptedException {
            boolean into =
                    copy.destination().endsWith("/") || copy.destination().endsWith("/.") || copy.parents();
            if (into || destination.isEmpty()) {
                directories(destination);
                into = true;
            } else {
                into = target.status(destination, true)
                        .filter(FileStatus::isDirectory)
                        .isPresent();
            }
            if (root.file().isRegular() && copy.unpack() && unpacked(root)) {
                return;
            }
            if (copy.parents()) {
                for (CopySelection.Item item : root.parents()) {
                    item(ReadableTree.join(destination, item.name()), item.path(), item.file(), false);
                }
            }
            boolean directory = root.file().isDirectory();
            String name = copy.parents() || (into && !(directory && copy.contents()))
                    ? ReadableTree.join(destination, root.name())
                    : destination;
            directories(directory && copy.contents() && !copy.parents() ? name : TreeTarget.parentOf(name));
            if (!directory || !copy.contents() || copy.parents()) {
                item(name, root.path(), root.file(), false);
            }
            for (CopySelection.Item item : root.items()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                item(ReadableTree.join(name, item.name()), item.path(), item.file(), true);
            }
            // The deepest first: a directory's time changes with what is made in it.
            directories.descendingMap().forEach(target::describe);
            directories.clear();
        }

        /** Where a link at the destination leads, also when nothing is there yet; links on the way are the target's. */
        private String followed(String path) {
            if (path.isEmpty()
                    || target.status(path, false)
                            .filter(file -> !file.isSymbolicLink())
                            .isPresent()) {
                return path;
            }
            try (var tree = new MountedTree(new Descriptor(dup()), () -> {})) {
                return tree.resolve(path, true);
            }
        }

        private void directories(String path) {
            if (!copy.createDestination()
                    && target.status(path, true).filter(FileStatus::isDirectory).isEmpty()) {
                throw NaruException.notFound("cannot copy to \"/" + FileCalls.text(path) + "\": no such directory");
            }
            target.directories(path, FileMode.ofParents(copy.mode()), owner.uid(), owner.gid());
        }

        /** @param below whether a directory that is there already becomes as the source's */
        private void item(String to, String path, TreeFile file, boolean below) {
            TreeTarget.Attributes attributes = attributes(path, file);
            switch (file.type()) {
                case FileStatus.DIRECTORY -> {
                    if (!to.isEmpty() && (target.directory(to, copy.replace()) || below)) {
                        directories.put(to, attributes);
                    }
                }
                case FileStatus.REGULAR -> {
                    if (copy.replace()
                            && target.status(to, false)
                                    .filter(FileStatus::isDirectory)
                                    .isPresent()) {
                        target.remove(to);
                    }
                    write(to, path, attributes);
                }
                case FileStatus.SYMBOLIC_LINK -> target.symbolicLink(to, file.link(), attributes);
                case FileStatus.SOCKET -> {
                    // It is nothing without the process that listens on it.
                }
                default -> target.node(to, file, attributes);
            }
        }

        private void write(String to, String path, TreeTarget.Attributes attributes) {
            LayerLinks others = links;
            if (others != null) {
                others.file(target, to, from, path, attributes);
                return;
            }
            try (Descriptor content = from.open(path)) {
                target.file(to, content, attributes);
            }
        }

        private TreeTarget.Attributes attributes(String path, TreeFile file) {
            String mode = copy.mode();
            boolean given = copy.timestamp() >= 0;
            return new TreeTarget.Attributes(
                    mode == null || file.isSymbolicLink()
                            ? file.permissions()
                            : FileMode.apply(mode, file.permissions(), file.isDirectory()),
                    owner.uid() < 0 ? file.uid() : owner.uid(),
                    owner.gid() < 0 ? file.gid() : owner.gid(),
                    given ? seconds(copy.timestamp()) : file.modified(),
                    given ? nanos(copy.timestamp()) : file.nanos(),
                    file.isSymbolicLink() ? Map.of() : from.attributes(path));
        }

        /** Unpacks it when it is an archive. */
        private boolean unpacked(CopySelection.Root root) {
            if (!isArchive(root.path())) {
                return false;
            }
            directories(destination);
            long[] ids = owner.uid() < 0 && owner.gid() < 0
                    ? null
                    : new long[] {Math.max(0, owner.uid()), Math.max(0, owner.gid())};
            try (Descriptor file = from.open(root.path());
                    InputStream in = Files.newInputStream(Path.of(file.path()));
                    var extractor = new TreeExtractor(
                            FileSteps.this.root, destination, new TreeExtractor.Options(false, ids, OwnerMap.SAME))) {
                extractor.extract(in);
                return true;
            } catch (IOException failure) {
                throw NaruException.invalid("cannot unpack \"" + copy.source() + "\": " + failure.getMessage());
            }
        }

        private boolean isArchive(String path) {
            try (Descriptor file = from.open(path);
                    InputStream in = Files.newInputStream(Path.of(file.path()));
                    var plain = Compression.plain(new StreamChannel(in))) {
                ByteBuffer start = ByteBuffer.allocate(512);
                while (start.hasRemaining() && plain.read(start) >= 0) {
                    // A compressed stream comes in small pieces.
                }
                return start.position() == 512
                        && start.get(TAR_MAGIC) == 'u'
                        && start.get(TAR_MAGIC + 1) == 's'
                        && start.get(TAR_MAGIC + 2) == 't'
                        && start.get(TAR_MAGIC + 3) == 'a'
                        && start.get(TAR_MAGIC + 4) == 'r';
            } catch (IOException noArchive) {
                return false;
            }
        }
    }
}
