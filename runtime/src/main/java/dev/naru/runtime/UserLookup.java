package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.User;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds users and groups in an image's own files, which are hostile: lines that make no sense are skipped, and no more
 * than a bounded part is read.
 */
public final class UserLookup {
    private static final int LONGEST_FILE = 10_000_000;
    private static final int LONGEST_LINE = 65_536;

    private final String passwd;
    private final String group;

    /**
     * The files of one container.
     *
     * @param passwd content of /etc/passwd, empty when there is none (passwd(5))
     * @param group content of /etc/group, empty when there is none (group(5))
     */
    public UserLookup(String passwd, String group) {
        this.passwd = bounded(passwd);
        this.group = bounded(group);
    }

    /**
     * The ids behind what {@code --user} and {@code --group-add} name.
     *
     * @param user uid, name, uid:gid, name:group or a mix of these; empty for root
     * @param moreGroups names or ids of further groups
     * @throws NaruException INVALID when a name is in no file or an id is out of range
     */
    public Identity resolve(String user, List<String> moreGroups) {
        int colon = user.indexOf(':');
        String who = colon < 0 ? user : user.substring(0, colon);
        String whichGroup = colon < 0 ? "" : user.substring(colon + 1);
        Optional<Account> account = find(passwd, 6, who.isEmpty() ? "0" : who).map(UserLookup::account);
        int uid = account.map(Account::uid).orElseGet(() -> who.isEmpty() ? 0 : number(who, "user", "passwd"));
        SequencedSet<Integer> groups = new LinkedHashSet<>();
        int gid;
        if (whichGroup.isEmpty()) {
            gid = account.map(Account::gid).orElse(0);
            groups.add(gid);
            account.ifPresent(found -> groups.addAll(memberships(found.name())));
        } else {
            gid = groupId(whichGroup);
            groups.add(gid);
        }
        moreGroups.forEach(name -> groups.add(groupId(name)));
        return new Identity(
                new User(uid, gid, null, List.copyOf(groups)),
                account.map(Account::home).filter(home -> home.startsWith("/")).orElse("/"));
    }

    private int groupId(String name) {
        return find(group, 4, name).map(fields -> id(fields[2])).orElseGet(() -> number(name, "group", "group"));
    }

    private List<Integer> memberships(String user) {
        List<Integer> ids = new ArrayList<>();
        lines(group, 4, fields -> {
            if (List.of(fields[3].split(",", -1)).contains(user)) {
                ids.add(id(fields[2]));
            }
            return false;
        });
        return ids;
    }

    /** The first line with this name or this id. */
    private static Optional<String[]> find(String file, int columns, String nameOrId) {
        String[][] found = new String[1][];
        boolean numeric = id(nameOrId) >= 0;
        lines(file, columns, fields -> {
            if (fields[0].equals(nameOrId) || (numeric && id(fields[2]) == id(nameOrId))) {
                found[0] = fields;
                return true;
            }
            return false;
        });
        return Optional.ofNullable(found[0]);
    }

    /** Gives each sensible line to a visitor until it says that this was enough. */
    private static void lines(String file, int columns, Predicate<String[]> enough) {
        int start = 0;
        while (start < file.length()) {
            int end = file.indexOf('\n', start);
            int stop = end < 0 ? file.length() : end;
            if (stop - start <= LONGEST_LINE) {
                String[] fields = file.substring(start, stop).strip().split(":", -1);
                boolean sensible = fields.length >= columns
                        && !fields[0].isEmpty()
                        && !fields[0].startsWith("#")
                        && id(fields[2]) >= 0;
                if (sensible && enough.test(fields)) {
                    return;
                }
            }
            start = stop + 1;
        }
    }

    private static Account account(String[] fields) {
        return new Account(fields[0], id(fields[2]), Math.max(0, id(fields[3])), fields[5]);
    }

    private static int number(String text, String what, String file) {
        int number = id(text);
        if (number < 0) {
            boolean numeric = text.matches("-?[0-9]+");
            throw new NaruException(
                    ErrorKind.INVALID,
                    "unable to find " + what + " " + text,
                    numeric ? "ids are from 0 to 2147483647" : "no matching entries in " + file + " file",
                    null);
        }
        return number;
    }

    /** An id of 0 to 2^31-1, or -1 for anything else. */
    private static int id(@Nullable String text) {
        if (text == null || !text.matches("[0-9]{1,10}") || Long.parseLong(text) > Integer.MAX_VALUE) {
            return -1;
        }
        return Integer.parseInt(text);
    }

    private static String bounded(String file) {
        return file.length() <= LONGEST_FILE ? file : file.substring(0, LONGEST_FILE);
    }

    private record Account(String name, int uid, int gid, String home) {}

    /**
     * Who a process runs as.
     *
     * @param user ids; the additional groups begin with the first group
     * @param home the home directory, "/" when none is known
     */
    public record Identity(User user, String home) {}
}
