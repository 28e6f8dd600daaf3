package dev.naru.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The agents that {@code --ssh} lends to a build: sockets by id. */
final class BuildAgents {
    private BuildAgents() {}

    static Map<String, Path> read(List<String> options) {
        Map<String, Path> all = new LinkedHashMap<>();
        for (String option : options) {
            int equals = option.indexOf('=');
            String id = equals < 0 ? option : option.substring(0, equals);
            String own = System.getenv("SSH_AUTH_SOCK");
            String path = equals < 0 ? own == null ? "" : own : option.substring(equals + 1);
            if (path.isEmpty()) {
                throw new CliException("invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
            }
            if (path.indexOf(',') >= 0 || Files.isRegularFile(Path.of(path))) {
                throw new CliException("--ssh " + option
                        + " names keys: naru build lends agents only; add the keys to an ssh-agent with ssh-add");
            }
            if (!Files.exists(Path.of(path))) {
                throw new CliException("--ssh " + option + ": there is no socket " + path);
            }
            if (all.put(id, Path.of(path)) != null) {
                throw new CliException("duplicate ssh agent " + id);
            }
        }
        return all;
    }
}
