package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.OwnerMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ids that users may give to user namespaces (subuid(5), subgid(5)), and what {@code --userns-remap} makes of them.
 */
final class SubordinateIds {
    /** Docker's own user, made when the map is {@code default} and there is none. */
    static final String DEFAULT_USER = "dockremap";

    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final long FIRST = 100_000;
    private static final long LENGTH = 65_536;

    private final Path directory;

    /**
     * Reads lazily.
     *
     * @param directory where passwd, group, subuid and subgid are, {@code /etc}
     */
    SubordinateIds(Path directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    private record Account(String name, String id) {}

    /**
     * The map for a setting: {@code default}, {@code user}, {@code user:group}, names or numbers.
     *
     * @throws NaruException INVALID for unknown users, and users without subordinate ids
     */
    OwnerMap map(String setting) {
        String[] parts = setting.split(":", -1);
        if (parts.length > 2 || List.of(parts).contains("")) {
            throw invalid(setting, "it is not user or user:group", "write default, a user, or user:group");
        }
        boolean standard = setting.equals("default");
        if (standard) {
            ensureDefaultUser();
        }
        Account user = account("passwd", standard ? DEFAULT_USER : parts[0])
                .orElseThrow(() -> invalid(setting, "there is no user " + parts[0], "name a user of /etc/passwd"));
        String wanted = parts.length == 2 ? parts[1] : parts[0].matches("[0-9]+") ? user.id() : user.name();
        Account group = account("group", wanted)
                .orElseThrow(() -> invalid(setting, "there is no group " + wanted, "write user:group"));
        if (user.id().equals("0")) {
            LOG.log(System.Logger.Level.WARNING, "userns-remap names root: containers run without a user namespace");
            return OwnerMap.SAME;
        }
        List<OwnerMap.Range> users = ranges("subuid", user, user);
        return new OwnerMap(users, ranges("subgid", group, user));
    }

    private static NaruException invalid(String setting, String cause, String hint) {
        return new NaruException(ErrorKind.INVALID, "invalid value \"" + setting + "\" for userns-remap", cause, hint);
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(directory.resolve(file));
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read " + directory.resolve(file), failure);
        }
    }

    private Optional<Account> account(String file, String nameOrId) {
        return lines(file).stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 2 && (fields[0].equals(nameOrId) || fields[2].equals(nameOrId)))
                .map(fields -> new Account(fields[0], fields[2]))
                .findFirst();
    }

    /** Those of the account one after the other, from 0 inside; a group without any has those of the user. */
    private List<OwnerMap.Range> ranges(String file, Account account, Account user) {
        var ranges = new ArrayList<OwnerMap.Range>();
        long inside = 0;
        for (OwnerMap.Range each : given(file)) {
            if (owns(file, each, account)) {
                ranges.add(new OwnerMap.Range(inside, each.outside(), each.length()));
                inside += each.length();
            }
        }
        if (ranges.isEmpty() && !account.equals(user)) {
            return ranges(file, user, user);
        }
        if (ranges.isEmpty()) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "Can't create ID mappings: no " + file + " ranges found for user \"" + account.name() + "\"",
                    directory.resolve(file) + " has no line for it",
                    "add the line " + account.name() + ":" + FIRST + ":" + LENGTH);
        }
        return ranges;
    }

    private boolean owns(String file, OwnerMap.Range range, Account account) {
        String tail = ":" + range.outside() + ":" + range.length();
        return lines(file).stream()
                .map(String::strip)
                .anyMatch(line -> line.equals(account.name() + tail) || line.equals(account.id() + tail));
    }

    private List<OwnerMap.Range> given(String file) {
        var all = new ArrayList<OwnerMap.Range>();
        for (String line : lines(file)) {
            String[] fields = line.strip().split(":", -1);
            if (fields.length == 3 && fields[1].matches("[0-9]{1,10}") && fields[2].matches("[1-9][0-9]{0,9}")) {
                all.add(new OwnerMap.Range(0, Long.parseLong(fields[1]), Long.parseLong(fields[2])));
            }
        }
        return all;
    }

    private void ensureDefaultUser() {
        if (account("passwd", DEFAULT_USER).isEmpty()) {
            makeUser();
        }
        for (String file : List.of("subuid", "subgid")) {
            boolean has = lines(file).stream().anyMatch(line -> line.startsWith(DEFAULT_USER + ":"));
            if (!has) {
                give(file);
            }
        }
    }

    /** Once in a machine's life, by the tool that knows its locks and shadow files. */
    private void makeUser() {
        var command = List.of(
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/bin/false",
                DEFAULT_USER);
        String hint = "make a user and a group " + DEFAULT_USER + ", or name another user";
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new NaruException(
                        ErrorKind.UNAVAILABLE, "cannot make user " + DEFAULT_USER + " for userns-remap", output, hint);
            }
        } catch (IOException failure) {
            throw new NaruException(
                    ErrorKind.UNAVAILABLE,
                    "cannot make user " + DEFAULT_USER + " for userns-remap",
                    "useradd does not run",
                    hint,
                    failure);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "interrupted while making user " + DEFAULT_USER);
        }
    }

    /** Gives the user the first ids behind all that others have. */
    private void give(String file) {
        long first = FIRST;
        for (OwnerMap.Range range : given(file)) {
            first = Math.max(first, range.outside() + range.length());
        }
        List<String> lines = lines(file);
        Path path = directory.resolve(file);
        try {
            String text = Files.exists(path) ? Files.readString(path) : "";
            String separator = lines.isEmpty() || text.endsWith("\n") ? "" : "\n";
            Files.writeString(
                    path,
                    separator + DEFAULT_USER + ":" + first + ":" + LENGTH + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write " + path, failure);
        }
    }
}
