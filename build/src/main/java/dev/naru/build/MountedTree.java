package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Sha256;
import dev.naru.linux.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tree below a directory's descriptor, which may be a hostile image. For one thread. */
final class MountedTree implements ReadableTree {
    private static final int CHUNK = 256 * 1024;

    private final FileCalls calls = new FileCalls();
    private final Descriptor root;
    private final boolean acrossMounts;
    private final Runnable release;
    private final Map<String, String> digests = new HashMap<>();

    /** @param release runs after the root was closed */
    MountedTree(Descriptor root, Runnable release) {
        this(root, false, release);
    }

    private MountedTree(Descriptor root, boolean acrossMounts, Runnable release) {
        this.root = root;
        this.acrossMounts = acrossMounts;
        this.release = release;
    }

    /** With what is mounted below the root, as a process sees it. */
    static MountedTree ofProcess(Descriptor root) {
        return new MountedTree(root, true, () -> {});
    }

    private int opened(String path, int flags) {
        return acrossMounts
                ? calls.openAcrossMounts(root.number(), path, flags)
                : calls.openInRoot(root.number(), path, flags);
    }

    @Override
    public Optional<TreeFile> file(String path) {
        try (Descriptor file = at(path)) {
            if (file == null) {
                return Optional.empty();
            }
            FileStatus status = calls.status(file.number(), "").orElseThrow();
            if (status.isWhiteout()) {
                return Optional.empty();
            }
            String link = status.isSymbolicLink() ? calls.readLink(file.number(), "") : "";
            return Optional.of(TreeFile.of(status, link));
        }
    }

    /** Names alone, so that neither devices are touched nor pipes waited for. Null when there is nothing. */
    private @org.jspecify.annotations.Nullable Descriptor at(String path) {
        int opened = opened(path, Descriptor.O_PATH | Descriptor.O_NOFOLLOW);
        if (opened == -Errno.ENOENT || opened == -Errno.ENOTDIR) {
            return null;
        }
        if (opened < 0) {
            throw failed(path, -opened);
        }
        return new Descriptor(opened);
    }

    private static NaruException failed(String path, int errno) {
        return NaruException.because(
                ErrorKind.INVALID,
                "cannot read \"/" + FileCalls.text(path) + "\"",
                new LinuxException("openat2", FileCalls.text(path), errno));
    }

    @Override
    public List<String> list(String path) {
        int opened = opened(path, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY | Descriptor.O_NOFOLLOW);
        if (opened < 0) {
            throw failed(path, -opened);
        }
        try (var directory = new Descriptor(opened)) {
            return calls.list(opened).stream()
                    .filter(name -> calls.status(directory.number(), name)
                            .filter(status -> !status.isWhiteout())
                            .isPresent())
                    .sorted()
                    .toList();
        }
    }

    @Override
    public Descriptor open(String path) {
        int opened = opened(path, Descriptor.O_RDONLY | Descriptor.O_NOFOLLOW | Descriptor.O_NONBLOCK);
        if (opened < 0) {
            throw failed(path, -opened);
        }
        return new Descriptor(opened);
    }

    @Override
    public String digest(String path) {
        return digests.computeIfAbsent(path, this::hash);
    }

    private String hash(String path) {
        try (Descriptor file = open(path);
                var hash = new Sha256();
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(CHUNK);
            while (true) {
                long count = Syscall.READ.call(path, file.number(), buffer.address(), CHUNK);
                if (count == 0) {
                    return hash.hex();
                }
                hash.update(buffer.asSlice(0, count));
            }
        }
    }

    @Override
    public Map<String, byte[]> attributes(String path) {
        try (Descriptor file = at(path)) {
            if (file == null) {
                return Map.of();
            }
            var kept = new HashMap<String, byte[]>();
            int slash = path.lastIndexOf('/');
            try (Descriptor parent = at(slash < 0 ? "" : path.substring(0, slash))) {
                if (parent == null || path.isEmpty()) {
                    return Map.of();
                }
                String name = path.substring(slash + 1);
                for (String attribute : calls.listXattrs(parent.number(), name)) {
                    if (!attribute.startsWith("trusted.")) {
                        calls.getXattr(parent.number(), name, attribute).ifPresent(value -> kept.put(attribute, value));
                    }
                }
            }
            return kept;
        }
    }

    @Override
    public void close() {
        root.close();
        calls.close();
        release.run();
    }
}
