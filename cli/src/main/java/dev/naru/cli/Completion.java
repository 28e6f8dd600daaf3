package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What can stand at the end of a command line: commands, options, and names that the engine knows. */
final class Completion {
    private static final List<String> NETWORK_OPTIONS = List.of(
            "com.docker.network.bridge.enable_icc=",
            "com.docker.network.bridge.enable_ip_masquerade=",
            "com.docker.network.bridge.gateway_mode_ipv4=",
            "com.docker.network.bridge.gateway_mode_ipv6=",
            "com.docker.network.bridge.host_binding_ipv4=",
            "com.docker.network.bridge.name=",
            "com.docker.network.bridge.trusted_host_interfaces=",
            "com.docker.network.container_iface_prefix=",
            "com.docker.network.driver.mtu=",
            "conf=",
            "ipvlan_flag=",
            "ipvlan_mode=",
            "macvlan_mode=",
            "parent=",
            "path=");
    private static final List<String> VOLUME_OPTIONS =
            List.of("device=", "gid=", "mode=", "o=", "size=", "type=", "uid=");

    private final Session session;
    private final List<String> before;
    private final String current;
    private final List<String> found = new ArrayList<>();

    /** @param words what is typed, without {@code naru}; the last one is being typed and may be empty */
    Completion(Session session, List<String> words) {
        this.session = requireNonNull(session, "session");
        this.before = List.copyOf(words.subList(0, Math.max(0, words.size() - 1)));
        this.current = words.isEmpty() ? "" : words.getLast();
    }

    /** The command that the shells' scripts call: a candidate a line, its meaning behind a tab. */
    static Command command() {
        return new PlainCommand(
                "__complete",
                "[WORD...]",
                "Print what can come next",
                0,
                Integer.MAX_VALUE,
                List.of(),
                (session, a) -> {
                    new Completion(session, a.operands()).candidates().forEach(session.out()::println);
                    return 0;
                }) {
            @Override
            boolean raw() {
                return true;
            }
        };
    }

    List<String> candidates() {
        var root = new RootCommand();
        int at = operands(root, 0);
        if (at < 0) {
            value(root, before.getLast());
        } else if (at == before.size()) {
            options(root);
            CommandTable.GROUPS.forEach(group -> add(group, Help.summary(group)));
            CommandTable.single().forEach(name -> add(name, summary(name)));
        } else {
            command(new ArrayList<>(before.subList(at, before.size())));
        }
        return found;
    }

    private void command(List<String> words) {
        String first = words.getFirst();
        Command command = CommandTable.find(words);
        if (command != null) {
            inside(command, before.size() - words.size());
        } else if (CommandTable.isGroup(first) && words.isEmpty()) {
            CommandTable.members(first).forEach(name -> add(name, summary(first + " " + name)));
        }
    }

    private void inside(Command command, int start) {
        int at = operands(command, start);
        if (at < 0) {
            value(command, before.getLast());
        } else if (current.startsWith("-")) {
            options(command);
        } else {
            operand(command.name(), before.size() - at);
        }
    }

    /** Where the operands begin, when all that follows are operands; -1 when an option waits for its value. */
    private int operands(Command command, int start) {
        int at = start;
        while (at < before.size() && before.get(at).startsWith("-")) {
            if (!takesNext(command, before.get(at))) {
                at++;
                continue;
            }
            at += 2;
            if (at > before.size()) {
                return -1;
            }
        }
        boolean waits = command.interspersed() && at < before.size() && takesNext(command, before.getLast());
        return waits ? -1 : at;
    }

    private static boolean takesNext(Command command, String word) {
        if (!word.startsWith("-") || word.indexOf('=') >= 0 || word.length() < 2) {
            return false;
        }
        Option option = word.startsWith("--")
                ? command.option(word.substring(2))
                : command.option(word.charAt(word.length() - 1));
        return option != null && option.form() != Option.Form.SWITCH;
    }

    private void options(Command command) {
        command.options().stream()
                .filter(option -> !option.isFormer())
                .forEach(option -> add("--" + option.name(), option.help()));
    }

    private void value(Command command, String word) {
        Option option = word.startsWith("--") ? command.option(word.substring(2)) : command.option(word.charAt(1));
        switch (option == null ? "" : option.name()) {
            case "network" -> networks();
            case "volume" -> volumes(":");
            case "driver" -> plugins(command.name().startsWith("network") ? "Network" : "Volume");
            case "volume-driver" -> plugins("Volume");
            case "ipam-driver" -> List.of("default", "null").forEach(this::add);
            case "opt" -> driverOptions(command.name());
            case "volumes-from", "link" -> containers(true);
            case "context", "from" -> contexts();
            case "restart" ->
                List.of("always", "no", "on-failure", "unless-stopped").forEach(this::add);
            case "pull" -> List.of("always", "missing", "never").forEach(this::add);
            case "type" -> List.of("container", "image", "network", "volume").forEach(this::add);
            case "log-driver" -> List.of("json-file", "local", "none").forEach(this::add);
            default -> {}
        }
    }

    /** @param index how many operands stand before */
    private void operand(String command, int index) {
        switch (command) {
            case "attach", "exec", "kill", "pause", "stop", "top", "port", "stats" -> containers(index, command, false);
            case "rm", "start", "restart", "logs", "wait", "update", "unpause", "container inspect" -> containers(true);
            case "commit", "diff", "export", "rename" -> containers(index, command, true);
            case "cp" -> names("/containers/json?all=1", Completion::name, ":");
            case "run", "create", "history", "push", "tag", "pull" -> images(index == 0);
            case "rmi", "save", "image inspect" -> images(true);
            case "images" -> images(index == 0);
            case "network rm", "network inspect" -> networks();
            case "network connect", "network disconnect" -> {
                if (index == 0) {
                    networks();
                } else {
                    containers(true);
                }
            }
            case "volume rm", "volume inspect", "volume update", "volume backup", "volume restore" -> volumes("");
            case "context use", "context rm", "context inspect", "context export", "context update" -> contexts();
            case "completion" -> List.of("bash", "fish", "zsh").forEach(this::add);
            case "inspect" -> {
                containers(true);
                images(true);
                networks();
            }
            default -> {}
        }
    }

    private void containers(int index, String command, boolean all) {
        boolean several = List.of("kill", "pause", "stop", "stats").contains(command);
        if (index == 0 || several) {
            containers(all);
        }
    }

    private void containers(boolean all) {
        names("/containers/json" + (all ? "?all=1" : ""), Completion::name, "");
    }

    private static String name(@Nullable Object container) {
        List<@Nullable Object> names = Json.list(Json.at(container, "Names"));
        String name = names.isEmpty() ? "" : String.valueOf(names.getFirst());
        return name.startsWith("/") ? name.substring(1) : name;
    }

    private void images(boolean wanted) {
        if (!wanted) {
            return;
        }
        for (Object image : answer("/images/json")) {
            Json.list(Json.at(image, "RepoTags")).forEach(tag -> add(String.valueOf(tag)));
        }
    }

    private void networks() {
        names("/networks", network -> Json.text(network, "Name"), "");
    }

    private void volumes(String suffix) {
        names("/volumes", volume -> Json.text(volume, "Name"), suffix);
    }

    private void plugins(String kind) {
        try {
            Object info = session.engine().send("GET", "/info", null).json();
            Json.list(Json.at(info, "Plugins", kind)).forEach(name -> add(String.valueOf(name)));
        } catch (CliException | EngineRefusal none) {
            // Nobody who presses the tab key wants to read why.
            return;
        }
    }

    private void driverOptions(String command) {
        (command.startsWith("network") ? NETWORK_OPTIONS : VOLUME_OPTIONS).forEach(this::add);
    }

    private void contexts() {
        add(ContextStore.DEFAULT);
        try {
            ContextCommands.store(session).list().forEach(context -> add(context.name(), context.description()));
        } catch (IOException e) {
            // Nobody who presses the tab key wants to read why.
            return;
        }
    }

    private void names(String path, Function<@Nullable Object, String> name, String suffix) {
        answer(path).forEach(thing -> add(name.apply(thing) + suffix));
    }

    private List<@Nullable Object> answer(String path) {
        try {
            Object answer = session.engine().send("GET", path, null).json();
            return Json.list(path.equals("/volumes") ? Json.at(answer, "Volumes") : answer);
        } catch (CliException | EngineRefusal none) {
            // Nobody who presses the tab key wants to read why.
            return List.of();
        }
    }

    private static String summary(String name) {
        Command command = CommandTable.find(new ArrayList<>(List.of(name.split(" ", -1))));
        return command == null ? "" : command.summary();
    }

    private void add(String candidate) {
        add(candidate, "");
    }

    private void add(String candidate, String meaning) {
        if (candidate.startsWith(current) && !candidate.isEmpty() && !candidate.startsWith("<none>")) {
            String line = meaning.indexOf('\n') < 0 ? meaning : meaning.substring(0, meaning.indexOf('\n'));
            found.add(line.isEmpty() ? candidate : candidate + "\t" + line);
        }
    }
}
