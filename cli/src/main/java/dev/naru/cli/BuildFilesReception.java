package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Takes a result's files into a directory. Their names are not trusted: they stay below it. */
final class BuildFilesReception {
    private final GrpcCall call;
    private final Path root;
    private final Map<Path, ProtoFields> directories = new LinkedHashMap<>();
    private final List<Asked> asked = new ArrayList<>();

    private record Asked(int id, Path path, ProtoFields stat) {}

    private record HardLink(Path path, Path target) {}

    BuildFilesReception(GrpcCall call, Path root) {
        this.call = requireNonNull(call, "call");
        this.root = requireNonNull(root, "root");
    }

    void receive() throws IOException, InterruptedException {
        Files.createDirectories(root);
        List<HardLink> links = new ArrayList<>();
        for (int id = 0; ; id++) {
            ProtoFields packet = next();
            if (!packet.has(2)) {
                break;
            }
            told(id, packet.message(2), links);
        }
        for (Asked each : asked) {
            content(each);
        }
        for (HardLink each : links) {
            Files.deleteIfExists(each.path());
            Files.createLink(each.path(), each.target());
        }
        for (Map.Entry<Path, ProtoFields> each : directories.entrySet()) {
            attributes(each.getKey(), each.getValue());
        }
        call.send(new ProtoWriter().number(1, BuildPacket.END));
        while (next().integer(1) != BuildPacket.END) {
            // What is on its way still.
        }
    }

    private ProtoFields next() throws IOException, InterruptedException {
        byte[] message = call.receive();
        if (message == null) {
            throw new IOException("the result ends too early");
        }
        ProtoFields packet = ProtoFields.of(message);
        if (packet.integer(1) == BuildPacket.ERROR) {
            throw new IOException(packet.text(4));
        }
        return packet;
    }

    private void told(int id, ProtoFields stat, List<HardLink> links) throws IOException {
        Path path = inside(stat.text(1));
        int kind = BuildPacket.kind(stat.number(2) & 0xffffffffL);
        if (kind == 0040000) {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(path);
                Files.createDirectory(path);
            }
            directories.put(path, stat);
            return;
        }
        if (kind == 0120000) {
            Files.deleteIfExists(path);
            Files.createSymbolicLink(path, Path.of(stat.text(7)));
        } else if (kind == 0100000 && !stat.text(7).isEmpty()) {
            links.add(new HardLink(path, inside(stat.text(7))));
        } else if (kind == 0100000) {
            asked.add(new Asked(id, path, stat));
        }
        // Devices, pipes and sockets are nothing that a directory of results needs.
    }

    private Path inside(String name) throws IOException {
        Path path = root;
        String[] parts = name.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].isEmpty() || parts[i].equals(".") || parts[i].equals("..")) {
                throw new IOException("the result has a file that leads out of its directory: " + name);
            }
            path = path.resolve(parts[i]);
            if (i + 1 < parts.length && Files.isSymbolicLink(path)) {
                throw new IOException("the result wants to write through the link " + path);
            }
        }
        return path;
    }

    private void content(Asked file) throws IOException, InterruptedException {
        inside(file.stat().text(1));
        Files.deleteIfExists(file.path());
        call.send(new ProtoWriter().number(1, BuildPacket.REQUEST).number(3, file.id()));
        try (OutputStream out = Files.newOutputStream(file.path())) {
            while (true) {
                ProtoFields packet = next();
                if (packet.integer(1) != BuildPacket.DATA || packet.integer(3) != file.id()) {
                    throw new IOException("the result has data that nobody asked for");
                }
                byte[] piece = packet.bytes(4);
                if (piece.length == 0) {
                    break;
                }
                out.write(piece);
            }
        }
        attributes(file.path(), file.stat());
    }

    private static void attributes(Path path, ProtoFields stat) throws IOException {
        int mode = (int) stat.number(2) & 0777;
        Files.setAttribute(path, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
        Files.setLastModifiedTime(path, FileTime.from(stat.number(6), TimeUnit.NANOSECONDS));
    }
}
