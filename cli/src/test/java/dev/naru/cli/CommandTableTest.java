package dev.naru.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandTableTest {
    @TempDir
    private Path configuration;

    @Test
    void everyCommandHasDockersOptions() throws IOException {
        List<String> missing = new ArrayList<>();
        try (var lines = new BufferedReader(new InputStreamReader(
                requireNonNull(CommandTableTest.class.getResourceAsStream("docker-options.txt")),
                StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> compare(line, missing));
        }
        assertThat(missing).isEmpty();
    }

    private static void compare(String line, List<String> missing) {
        int colon = line.indexOf(':');
        String name = line.substring(0, colon);
        Command command = CommandTable.find(new ArrayList<>(List.of(name.split(" ", -1))));
        if (command == null) {
            missing.add(name);
            return;
        }
        for (String word : line.substring(colon + 1).strip().split(" +", -1)) {
            if (word.isEmpty()) {
                continue;
            }
            int slash = word.indexOf('/');
            Option option = command.option(slash < 0 ? word : word.substring(0, slash));
            if (option == null || option.letter() != (slash < 0 ? 0 : word.charAt(slash + 1))) {
                missing.add(name + " --" + word);
            }
        }
    }

    @Test
    void everyListedCommandIsThere() {
        for (String group : CommandTable.GROUPS) {
            for (String member : CommandTable.members(group)) {
                assertThat(CommandTable.find(new ArrayList<>(List.of(group, member))))
                        .as(group + " " + member)
                        .isNotNull();
            }
        }
        CommandTable.single().forEach(name -> assertThat(CommandTable.find(new ArrayList<>(List.of(name))))
                .as(name)
                .isNotNull());
    }

    @Test
    void mistakesAreToldInDockersWordsAndCodes() {
        var shell = new Shell(configuration);
        assertThat(shell.run("ps", "--foo"))
                .isEqualTo(
                        new Shell.Outcome(
                                125,
                                "",
                                "unknown flag: --foo\n\nUsage:  naru ps [OPTIONS]\n\nRun 'naru ps --help' for more information\n"));
        assertThat(shell.run("ps", "x").err()).startsWith("naru: 'naru ps' accepts no arguments");
        assertThat(shell.run("rm")).satisfies(outcome -> {
            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.err())
                    .contains("requires at least 1 argument")
                    .contains("See 'naru rm --help' for more information");
        });
        assertThat(shell.run("nosuch").err()).startsWith("naru: unknown command: naru nosuch");
        assertThat(shell.run("volume", "nosuch").code()).isEqualTo(1);
        assertThat(shell.run("network", "prune", "--filter", "x").err())
                .startsWith("invalid argument \"x\" for \"--filter\" flag: bad format of filter");
        assertThat(shell.run("stop", "-t", "x", "c").err())
                .startsWith("invalid argument \"x\" for \"-t, --timeout\" flag: strconv.ParseInt: parsing \"x\"");
        assertThat(shell.run("run", "-m", "x", "busybox").err())
                .startsWith("invalid argument \"x\" for \"-m, --memory\" flag: invalid size: 'x'\n\nUsage:  naru run");
        assertThat(shell.run("run").code()).isEqualTo(1);
        assertThat(shell.run("run", "-p", "x", "busybox").code()).isEqualTo(125);
        assertThat(shell.run("-H", "unix:///x", "-c", "y", "ps").err())
                .contains("cannot specify both --host and --context");
    }

    @Test
    void bothFormsShowTheSameHelp() {
        var shell = new Shell(configuration);
        assertThat(shell.run("container", "ls", "--help").out())
                .isEqualTo(shell.run("ps", "--help").out())
                .contains("naru container ls, naru container list, naru container ps, naru ps");
        assertThat(shell.run("volume", "--help").out()).contains("create").contains("prune");
        assertThat(shell.run("help", "run").out()).contains("--cidfile string");
    }
}
