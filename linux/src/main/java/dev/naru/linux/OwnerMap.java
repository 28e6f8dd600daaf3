package dev.naru.linux;

import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which user and group ids outside stand for those inside of a user namespace (user_namespaces(7)).
 *
 * @param users ranges of users; none when they are the same
 * @param groups ranges of groups; none when they are the same
 */
public record OwnerMap(List<Range> users, List<Range> groups) {
    /** Inside and outside are the same. */
    public static final OwnerMap SAME = new OwnerMap(List.of(), List.of());

    /** Who owns what has no owner inside, as the kernel shows it (/proc/sys/kernel/overflowuid). */
    public static final long NOBODY = 65534;

    private static final long WHOLE = 0xFFFF_FFFFL;
    private static final int CAPABILITY_V2 = 20;
    private static final int CAPABILITY_V3 = 24;
    private static final int REVISION_2 = 0x0200_0000;
    private static final int REVISION_3 = 0x0300_0000;
    private static final int FLAGS = 0x00FF_FFFF;

    /**
     * Consecutive ids.
     *
     * @param inside the first id inside
     * @param outside the one that stands for it outside
     * @param length how many follow each other
     */
    public record Range(long inside, long outside, long length) {
        boolean hasInside(long id) {
            return id >= inside && id - inside < length;
        }

        boolean hasOutside(long id) {
            return id >= outside && id - outside < length;
        }
    }

    public OwnerMap {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
    }

    /** The map of a process's user namespace, as this process sees it. */
    public static OwnerMap ofProcess(long pid) {
        List<Range> users = read(Path.of("/proc/" + pid + "/uid_map"));
        List<Range> groups = read(Path.of("/proc/" + pid + "/gid_map"));
        return same(users) && same(groups) ? SAME : new OwnerMap(users, groups);
    }

    private static boolean same(List<Range> ranges) {
        return ranges.equals(List.of(new Range(0, 0, WHOLE)));
    }

    private static List<Range> read(Path file) {
        try {
            var ranges = new ArrayList<Range>();
            for (String line : Files.readAllLines(file)) {
                String[] numbers = line.strip().split("\\s+", -1);
                ranges.add(
                        new Range(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2])));
            }
            return ranges;
        } catch (IOException gone) {
            throw new LinuxException("read", file.toString(), Errno.ENOENT);
        }
    }

    public boolean isSame() {
        return users.isEmpty() && groups.isEmpty();
    }

    /**
     * The user outside.
     *
     * @throws NaruException INVALID when nothing outside stands for it
     */
    public long userOutside(long inside) {
        return outside(users, inside);
    }

    /**
     * The group outside.
     *
     * @throws NaruException INVALID when nothing outside stands for it
     */
    public long groupOutside(long inside) {
        return outside(groups, inside);
    }

    /** The user inside; {@link #NOBODY} when it stands for nothing there. */
    public long userInside(long outside) {
        return inside(users, outside);
    }

    /** The group inside; {@link #NOBODY} when it stands for nothing there. */
    public long groupInside(long outside) {
        return inside(groups, outside);
    }

    private static long outside(List<Range> ranges, long id) {
        if (ranges.isEmpty()) {
            return id;
        }
        for (Range range : ranges) {
            if (range.hasInside(id)) {
                return range.outside() + (id - range.inside());
            }
        }
        throw NaruException.invalid("Container ID " + id + " cannot be mapped to a host ID");
    }

    private static long inside(List<Range> ranges, long id) {
        if (ranges.isEmpty()) {
            return id;
        }
        for (Range range : ranges) {
            if (range.hasOutside(id)) {
                return range.inside() + (id - range.outside());
            }
        }
        return NOBODY;
    }

    /**
     * A {@code security.capability} as it is to be set from outside: those of a user namespace name its root
     * (capabilities(7), VFS_CAP_REVISION_3).
     */
    public byte[] capabilityOutside(byte[] value) {
        if (isSame() || value.length != CAPABILITY_V2) {
            return value;
        }
        ByteBuffer named = ByteBuffer.allocate(CAPABILITY_V3).order(ByteOrder.LITTLE_ENDIAN);
        named.put(value).putInt((int) userOutside(0));
        named.putInt(0, (named.getInt(0) & FLAGS) | REVISION_3);
        return named.array();
    }

    /** A {@code security.capability} that was read outside, as it is inside. */
    public byte[] capabilityInside(byte[] value) {
        if (isSame() || value.length != CAPABILITY_V3) {
            return value;
        }
        ByteBuffer named = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (Integer.toUnsignedLong(named.getInt(CAPABILITY_V2)) != userOutside(0)) {
            return value;
        }
        ByteBuffer plain = ByteBuffer.allocate(CAPABILITY_V2).order(ByteOrder.LITTLE_ENDIAN);
        plain.put(value, 0, CAPABILITY_V2);
        plain.putInt(0, (plain.getInt(0) & FLAGS) | REVISION_2);
        return plain.array();
    }
}
