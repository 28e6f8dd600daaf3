package dev.naru.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is built automatically.
 *
 * @param listen where webhooks come in, such as {@code tcp://127.0.0.1:8085}; empty for nowhere
 * @param events the token that a registry's notifications carry; empty for none
 */
record AutobuildConfig(String listen, String events, List<AutobuildSource> repositories) {
    AutobuildConfig {
        repositories = List.copyOf(repositories);
        if (repositories.isEmpty()) {
            throw new CliException("the configuration of the automated builds names no repositories");
        }
        Set<String> names = new HashSet<>();
        for (AutobuildSource each : repositories) {
            if (!names.add(each.name())) {
                throw new CliException(
                        "two repositories of the automated builds are called " + each.name() + ": give one a name");
            }
        }
    }

    /** @throws CliException when it is broken */
    static AutobuildConfig read(Path file) throws IOException {
        Object tree = Json.read(Files.readAllBytes(file), file + " is not JSON");
        var fields = new AutobuildFields("the configuration", tree);
        var config = new AutobuildConfig(
                fields.text("listen", ""),
                fields.text("events", ""),
                fields.list("repositories").stream().map(AutobuildSource::of).toList());
        fields.done();
        return config;
    }
}
