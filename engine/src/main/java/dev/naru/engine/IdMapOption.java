package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.linux.OwnerMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The option {@code idmap} of {@code -v}: a mount that shows other owners than its file system has, as podman and crun
 * write it: {@code idmap} for the container's user namespace, or {@code idmap=uids=0-1000-1#1-5000-10;gids=0-1000-1}, each
 * range being the file system's first id, the one that is shown, and their number. After {@code @} the shown ids are those
 * that the container sees. {@code ridmap} includes the mounts below.
 *
 * @param users ranges of users; none for the container's user namespace
 */
record IdMapOption(boolean below, List<Wanted> users, List<Wanted> groups) {
    /** A range, with its ids as in the file system ({@code inside}) and as shown ({@code outside}). */
    record Wanted(boolean relative, OwnerMap.Range range) {}

    static boolean is(String option) {
        String name = option.contains("=") ? option.substring(0, option.indexOf('=')) : option;
        return name.equals("idmap") || name.equals("ridmap");
    }

    /**
     * Reads one.
     *
     * @throws NaruException INVALID when it is not well formed
     */
    static IdMapOption parse(String option) {
        int equals = option.indexOf('=');
        boolean below = option.startsWith("r");
        if (equals < 0) {
            return new IdMapOption(below, List.of(), List.of());
        }
        List<Wanted> users = List.of();
        List<Wanted> groups = List.of();
        for (String part : option.substring(equals + 1).split(";", -1)) {
            if (part.startsWith("uids=") && users.isEmpty()) {
                users = ranges(option, part.substring(5));
            } else if (part.startsWith("gids=") && groups.isEmpty()) {
                groups = ranges(option, part.substring(5));
            } else {
                throw invalid(option);
            }
        }
        if (users.isEmpty() || groups.isEmpty()) {
            throw invalid(option);
        }
        return new IdMapOption(below, users, groups);
    }

    private static List<Wanted> ranges(String option, String text) {
        var ranges = new ArrayList<Wanted>();
        for (String each : text.split("#", -1)) {
            boolean relative = each.startsWith("@");
            String[] numbers = (relative ? each.substring(1) : each).split("-", -1);
            if (numbers.length != 3
                    || !List.of(numbers).stream().allMatch(number -> number.matches("[0-9]{1,10}"))
                    || Long.parseLong(numbers[2]) == 0) {
                throw invalid(option);
            }
            ranges.add(new Wanted(
                    relative,
                    new OwnerMap.Range(
                            Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]))));
        }
        return ranges;
    }

    private static NaruException invalid(String option) {
        return NaruException.invalid("invalid mode: " + option
                + ": write idmap, or idmap=uids=0-1000-1;gids=0-1000-1 with the file system's first id, the one that is"
                + " shown, and their number");
    }

    /**
     * The map of the mount: inside are the file system's ids, outside those that the host sees.
     *
     * @param container the map of the container's user namespace
     * @throws NaruException INVALID without ranges when the container has none
     */
    OwnerMap of(OwnerMap container) {
        if (!users.isEmpty()) {
            return new OwnerMap(shown(users, container.users()), shown(groups, container.groups()));
        }
        if (container.isSame()) {
            throw NaruException.invalid("idmap needs ranges, as in idmap=uids=0-1000-1;gids=0-1000-1:"
                    + " the container has no user namespace whose ids could be meant");
        }
        return container;
    }

    private static List<OwnerMap.Range> shown(List<Wanted> wanted, List<OwnerMap.Range> container) {
        return wanted.stream()
                .map(each -> each.relative()
                        ? new OwnerMap.Range(
                                each.range().inside(),
                                new OwnerMap(container, List.of())
                                        .userOutside(each.range().outside()),
                                each.range().length())
                        : each.range())
                .toList();
    }

    /**
     * How files of a mount are to be read and written where it isn't mounted: inside are the ids that the container
     * sees, outside those of the file system.
     *
     * @param option null for a mount without the option
     */
    static OwnerMap behind(@Nullable String option, OwnerMap container) {
        if (option == null) {
            return container;
        }
        OwnerMap mount = parse(option).of(container);
        return new OwnerMap(
                behind(mount.users(), new OwnerMap(container.users(), List.of())),
                behind(mount.groups(), new OwnerMap(container.groups(), List.of())));
    }

    private static List<OwnerMap.Range> behind(List<OwnerMap.Range> mount, OwnerMap container) {
        return mount.stream()
                .map(range -> new OwnerMap.Range(container.userInside(range.outside()), range.inside(), range.length()))
                .toList();
    }
}
