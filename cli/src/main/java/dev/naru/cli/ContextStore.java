package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The contexts of Docker's command line: {@code contexts/meta/SHA256/meta.json} and {@code contexts/tls/SHA256/docker}. */
final class ContextStore {
    static final String DEFAULT = "default";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.+-]+");

    private final Path root;

    /** @param configuration the directory of {@code config.json} */
    ContextStore(Path configuration) {
        this.root = requireNonNull(configuration, "configuration").resolve("contexts");
    }

    /** All of them but the one that is always there, by name. */
    List<Context> list() throws IOException {
        Path meta = root.resolve("meta");
        if (!Files.isDirectory(meta)) {
            return List.of();
        }
        List<Context> contexts = new ArrayList<>();
        try (Stream<Path> directories = Files.list(meta)) {
            for (Path directory : directories.toList()) {
                Path file = directory.resolve("meta.json");
                if (Files.exists(file)) {
                    contexts.add(new Context(Json.object(Json.read(Files.readAllBytes(file)))));
                }
            }
        }
        contexts.sort(Comparator.comparing(Context::name));
        return contexts;
    }

    @Nullable
    Context find(String name) throws IOException {
        Path file = metaDirectory(name).resolve("meta.json");
        return Files.exists(file) ? new Context(Json.object(Json.read(Files.readAllBytes(file)))) : null;
    }

    /** @throws CliException when there is none of this name */
    Context get(String name) throws IOException {
        Context context = find(name);
        if (context == null) {
            throw new CliException("context \"" + name + "\": context not found: open "
                    + metaDirectory(name).resolve("meta.json") + ": no such file or directory");
        }
        return context;
    }

    /** Writes it, with the files of its TLS settings by name; null keeps those it has. */
    void put(Context context, @Nullable Map<String, byte[]> tls) throws IOException {
        Path directory = Files.createDirectories(metaDirectory(context.name()));
        Path beside = directory.resolve("meta.json.new");
        Files.writeString(beside, JsonText.compact(context.fields()));
        Files.move(beside, directory.resolve("meta.json"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        if (tls == null) {
            return;
        }
        deleteTree(tlsDirectory(context.name()));
        if (!tls.isEmpty()) {
            Path files = Files.createDirectories(tlsFiles(context.name()));
            for (var file : tls.entrySet()) {
                Files.write(files.resolve(file.getKey()), file.getValue());
                Files.setPosixFilePermissions(
                        files.resolve(file.getKey()),
                        java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
            }
        }
    }

    void remove(String name) throws IOException {
        deleteTree(metaDirectory(name));
        deleteTree(tlsDirectory(name));
    }

    /** Its {@code ca.pem}, {@code cert.pem} and {@code key.pem}, those that there are. */
    Map<String, byte[]> tls(String name) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (String file : List.of("ca.pem", "cert.pem", "key.pem")) {
            Path path = tlsFiles(name).resolve(file);
            if (Files.exists(path)) {
                files.put(file, Files.readAllBytes(path));
            }
        }
        return files;
    }

    Path tlsFiles(String name) {
        return tlsDirectory(name).resolve("docker");
    }

    Path metaDirectory(String name) {
        return root.resolve("meta").resolve(hash(name));
    }

    Path tlsDirectory(String name) {
        return root.resolve("tls").resolve(hash(name));
    }

    /** @throws CliException when no context may be called so */
    static void checkName(String name) {
        if (name.equals(DEFAULT)) {
            throw new CliException("\"default\" is a reserved context name");
        }
        if (!NAME.matcher(name).matches()) {
            throw new CliException("context name \"" + name + "\" is invalid, names are validated against regexp \"^"
                    + NAME.pattern() + "$\"");
        }
    }

    private static String hash(String name) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
