package dev.naru.network;

import static dev.naru.network.RemoteCalls.object;
import static dev.naru.network.RemoteCalls.text;
import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What CNI connections were made with, a file each: plug-ins are to be told the same when they undo them, whatever has
 * become of the network's configuration since (CNI specification 1.0, section 4).
 */
final class CniConnections {
    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final JsonType<Object> JSON = Jsonb.builder().build().type(Object.class);
    private static final String ENDING = ".json";

    private final Path directory;

    CniConnections(Path directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    /** Written before the first plug-in runs, so that a new engine finds what was half made. */
    void begin(String id, CniProgram program, Map<String, Object> arguments) {
        write(id, program, arguments, null);
    }

    void made(String id, CniProgram program, Map<String, Object> arguments, Map<String, @Nullable Object> result) {
        write(id, program, arguments, result);
    }

    private void write(
            String id,
            CniProgram program,
            Map<String, Object> arguments,
            @Nullable Map<String, @Nullable Object> result) {
        var file = new HashMap<String, Object>();
        file.put("list", program.list().json());
        file.put("container", program.containerId());
        file.put("interface", program.interfaceName());
        file.put("arguments", arguments);
        if (result != null) {
            file.put("result", result);
        }
        try {
            Files.createDirectories(directory);
            Path beside = directory.resolve(id + ".new");
            Files.write(beside, JSON.toJsonBytes(file));
            Files.move(beside, file(id), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write " + file(id), failure);
        }
    }

    private Path file(String id) {
        return directory.resolve(id + ENDING);
    }

    /**
     * Undoes a connection, last plug-in first. One that fails is told in the log; the others are still asked.
     *
     * @param namespace a path; empty when it is gone
     */
    void undo(String id, String namespace) {
        try {
            Map<String, ?> file = object(JSON.fromJson(Files.readAllBytes(file(id))));
            CniConfiguration list = CniConfiguration.of(object(file.get("list")));
            var program = new CniProgram("DEL", text(file, "container"), namespace, text(file, "interface"), list);
            Map<String, ?> result = file.containsKey("result") ? object(file.get("result")) : null;
            for (Map<String, @Nullable Object> plugin : list.plugins().reversed()) {
                undo(program, plugin, object(file.get("arguments")), result);
            }
            Files.deleteIfExists(file(id));
        } catch (NoSuchFileException undone) {
            return;
        } catch (IOException | JsonException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot undo CNI connection " + id, failure);
        }
    }

    /**
     * Asks the plug-ins whether a connection is as they made it (CNI specification 1.1, CHECK).
     *
     * @param namespace the container's, a path
     * @return what is wrong, in the words of the first that complains; empty when all is well or nobody can be asked
     */
    String check(String id, String namespace) {
        try {
            Map<String, ?> file = object(JSON.fromJson(Files.readAllBytes(file(id))));
            CniConfiguration list = CniConfiguration.of(object(file.get("list")));
            if (!list.checks() || !file.containsKey("result")) {
                return "";
            }
            var program = new CniProgram("CHECK", text(file, "container"), namespace, text(file, "interface"), list);
            for (Map<String, @Nullable Object> plugin : list.plugins()) {
                byte[] input = list.input(plugin, object(file.get("arguments")), object(file.get("result")));
                program.run("it is not as it was made", text(plugin, "type"), input);
            }
            return "";
        } catch (NoSuchFileException undone) {
            return "";
        } catch (IOException | JsonException | NaruException failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    /** Tells the plug-ins of a list which connections of it there are, so that they free what others had (GC). */
    void collect(CniConfiguration list) {
        var valid = new ArrayList<Map<String, String>>();
        for (String id : all()) {
            try {
                Map<String, ?> file = object(JSON.fromJson(Files.readAllBytes(file(id))));
                if (text(object(file.get("list")), "name").equals(list.name())) {
                    valid.add(Map.of("containerID", text(file, "container"), "ifname", text(file, "interface")));
                }
            } catch (IOException | JsonException failure) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "CNI plug-ins of " + list.name() + " are not told what stands: " + "cannot read connection "
                                + id,
                        failure);
                return;
            }
        }
        var program = new CniProgram("GC", "", "", "", list);
        for (Map<String, @Nullable Object> plugin : list.plugins()) {
            try {
                program.run("cannot clean up", text(plugin, "type"), list.collection(plugin, valid));
            } catch (NaruException failure) {
                LOG.log(System.Logger.Level.WARNING, "a CNI plug-in did not clean up", failure);
            }
        }
    }

    private static void undo(
            CniProgram program,
            Map<String, @Nullable Object> plugin,
            Map<String, ?> arguments,
            @Nullable Map<String, ?> result) {
        try {
            program.run(
                    "cannot undo a connection",
                    text(plugin, "type"),
                    program.list().input(plugin, arguments, result));
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "a CNI plug-in did not undo its part", failure);
        }
    }

    /** The connections that were made or begun. */
    List<String> all() {
        var all = new ArrayList<String>();
        if (!Files.isDirectory(directory)) {
            return all;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ENDING)) {
            for (Path each : files) {
                String name = String.valueOf(each.getFileName());
                all.add(name.substring(0, name.length() - ENDING.length()));
            }
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot read " + directory, failure);
        }
        return all;
    }
}
