package dev.naru.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The agents that {@code --ssh} lends to a build: its user's, or one that holds the keys that were named. */
final class BuildAgents implements AutoCloseable {
    private final Map<String, Path> sockets = new LinkedHashMap<>();
    private final List<KeyAgent> own = new ArrayList<>();

    private BuildAgents() {}

    /** Reads {@code ID}, {@code ID=SOCKET} and {@code ID=KEY[,KEY]}. */
    static BuildAgents read(List<String> options) {
        var all = new BuildAgents();
        boolean read = false;
        try {
            options.forEach(all::add);
            read = true;
            return all;
        } finally {
            if (!read) {
                all.close();
            }
        }
    }

    private void add(String option) {
        int equals = option.indexOf('=');
        String id = equals < 0 ? option : option.substring(0, equals);
        String user = System.getenv("SSH_AUTH_SOCK");
        String path = equals < 0 ? user == null ? "" : user : option.substring(equals + 1);
        if (path.isEmpty()) {
            throw new CliException("invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
        }
        List<Path> named = Arrays.stream(path.split(",", -1)).map(Path::of).toList();
        for (Path each : named) {
            if (!Files.exists(each)) {
                throw new CliException("--ssh " + option + ": there is no socket or key " + each);
            }
            if (named.size() > 1 && !Files.isRegularFile(each)) {
                throw new CliException("--ssh " + option + ": " + each + " is no key; several are keys, or one socket");
            }
        }
        if (sockets.containsKey(id)) {
            throw new CliException("duplicate ssh agent " + id);
        }
        sockets.put(id, Files.isRegularFile(named.getFirst()) ? keys(named) : named.getFirst());
    }

    private Path keys(List<Path> keys) {
        var agent = KeyAgent.with(keys);
        own.add(agent);
        return agent.socket();
    }

    /** By id. */
    Map<String, Path> sockets() {
        return Map.copyOf(sockets);
    }

    @Override
    public void close() {
        own.forEach(KeyAgent::close);
    }
}
