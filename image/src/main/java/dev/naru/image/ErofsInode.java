package dev.naru.image;

import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** Gives directories in a finished image, which no entry of the layer described, the attributes of those below. */
final class ErofsInode {
    private static final System.Logger LOG = System.getLogger("naru.image");
    private static final byte[] YES = {'y'};

    private ErofsInode() {}

    /** Describes directories; {@code places} says where in the file their inodes are. */
    static void inherit(Path file, Map<String, Long> places, FileCalls calls, LowerLayers lower) throws IOException {
        try (FileChannel image = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (Map.Entry<String, Long> each : places.entrySet()) {
                LowerLayers.Found found = lower.find(each.getKey())
                        .filter(below -> below.status().isDirectory())
                        .orElse(null);
                if (found != null) {
                    rewrite(image, each.getValue(), found, attributes(calls, found));
                }
            }
        }
    }

    private static Map<String, byte[]> attributes(FileCalls calls, LowerLayers.Found found) {
        var attributes = new HashMap<String, byte[]>();
        for (String name : calls.listXattrs(found.layer(), found.path())) {
            if (!name.startsWith("trusted.overlay.") && ErofsFormat.hasPrefix(name)) {
                calls.getXattr(found.layer(), found.path(), name).ifPresent(value -> attributes.put(name, value));
            }
        }
        return attributes;
    }

    private static void rewrite(
            FileChannel image, long position, LowerLayers.Found found, Map<String, byte[]> attributes)
            throws IOException {
        ByteBuffer inode = ErofsFormat.buffer(ErofsFormat.INODE + ErofsFormat.SPARE);
        image.read(inode, position);
        if (inode.getShort(2) != 0) {
            // All that an undescribed directory has of its own.
            attributes.put(LowerLayers.OPAQUE, YES);
        }
        if (ErofsFormat.xattrsSize(attributes) > ErofsFormat.SPARE) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the attributes of \"" + FileCalls.text(found.path()) + "\" do not fit into a layer above");
        } else {
            inode.putShort(2, ErofsFormat.xattrsCount(attributes));
            inode.position(ErofsFormat.INODE);
            ErofsFormat.putXattrs(inode, attributes);
        }
        describe(inode, found.status());
        inode.clear();
        while (inode.hasRemaining()) {
            image.write(inode, position + inode.position());
        }
    }

    private static void describe(ByteBuffer inode, FileStatus status) {
        inode.putShort(4, (short) status.mode());
        inode.putInt(24, (int) status.uid());
        inode.putInt(28, (int) status.gid());
        inode.putLong(32, status.modified());
        inode.putInt(40, status.nanos());
    }
}
