package dev.naru.cli;

import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A context as a file: {@code meta.json} and {@code tls/docker/NAME}, as Docker writes it. */
final class ContextArchive {
    private static final String TLS = "tls/docker/";
    private static final int LARGEST = 10 << 20;

    private ContextArchive() {}

    static Command export() {
        return ContextCommands.command(
                "export",
                "[OPTIONS] CONTEXT [FILE|-]",
                "Export a context to a tar archive FILE or a tar stream on STDOUT.",
                1,
                2,
                List.of(),
                ContextArchive::export);
    }

    static Command read() {
        return ContextCommands.command(
                "import",
                "CONTEXT FILE|-",
                "Import a context from a tar or zip file",
                2,
                2,
                List.of(),
                ContextArchive::read);
    }

    private static int export(Session session, Arguments arguments) throws IOException {
        String name = arguments.operand(0);
        ContextStore store = ContextCommands.store(session);
        Context context = store.get(name);
        String file = arguments.operands().size() > 1 ? arguments.operand(1) : name + ".dockercontext";
        if (file.equals("-")) {
            if (Tty.isTerminal(1)) {
                throw new CliException("cowardly refusing to export to a terminal, specify a file path");
            }
            write(context, store.tls(name), session.out());
            return 0;
        }
        if (Files.exists(Path.of(file))) {
            throw new CliException("open " + file + ": file exists");
        }
        try (OutputStream out = new FileOutputStream(file)) {
            write(context, store.tls(name), out);
        }
        session.err().println("Written file \"" + file + "\"");
        return 0;
    }

    private static void write(Context context, Map<String, byte[]> tls, OutputStream out) throws IOException {
        var tar = new TarArchiveOutputStream(out);
        entry(tar, "meta.json", JsonText.compact(context.fields()).getBytes(StandardCharsets.UTF_8));
        for (var file : tls.entrySet()) {
            entry(tar, TLS + file.getKey(), file.getValue());
        }
        tar.finish();
        tar.flush();
    }

    private static void entry(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setMode(0600);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static int read(Session session, Arguments arguments) throws IOException {
        String name = arguments.operand(0);
        ContextStore.checkName(name);
        ContextStore store = ContextCommands.store(session);
        if (store.find(name) != null) {
            throw new CliException("context \"" + name + "\" already exists");
        }
        String file = arguments.operand(1);
        byte[] archive = file.equals("-") ? session.in().readNBytes(LARGEST + 1) : Files.readAllBytes(Path.of(file));
        if (archive.length > LARGEST) {
            throw new CliException("context archive is larger than " + LARGEST + " bytes");
        }
        Map<String, byte[]> files = files(archive);
        byte[] meta = files.remove("meta.json");
        if (meta == null) {
            throw new CliException("unexpected context file: no meta.json in " + file);
        }
        var fields = new LinkedHashMap<>(Json.object(Json.read(meta)));
        fields.put("Name", name);
        Map<String, byte[]> tls = new TreeMap<>();
        for (var each : files.entrySet()) {
            String bare = each.getKey().startsWith(TLS) ? each.getKey().substring(TLS.length()) : "";
            if (!List.of("ca.pem", "cert.pem", "key.pem").contains(bare)) {
                throw new CliException("unexpected file in context archive: " + each.getKey());
            }
            tls.put(bare, each.getValue());
        }
        store.put(new Context(fields), tls);
        session.out().println(name);
        session.err().println("Successfully imported context \"" + name + "\"");
        return 0;
    }

    private static Map<String, byte[]> files(byte[] archive) throws IOException {
        return archive.length > 1 && archive[0] == 'P' && archive[1] == 'K' ? zip(archive) : tar(archive);
    }

    private static Map<String, byte[]> tar(byte[] archive) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(entry.getName(), tar.readAllBytes());
                }
            }
        }
        return files;
    }

    private static Map<String, byte[]> zip(byte[] archive) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.put(entry.getName(), bounded(zip));
                }
            }
        }
        return files;
    }

    /** A zip entry can say anything about its size. */
    private static byte[] bounded(InputStream in) throws IOException {
        byte[] content = in.readNBytes(LARGEST + 1);
        if (content.length > LARGEST) {
            throw new CliException("a file in the context archive is larger than " + LARGEST + " bytes");
        }
        return content;
    }
}
