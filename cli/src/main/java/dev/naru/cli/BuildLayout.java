package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcService;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An OCI image layout of ours that builds read and write (containerd.services.content.v1.Content). */
final class BuildLayout {
    private static final int PIECE = 1 << 20;
    private static final int COMMIT = 2;

    private final Path directory;

    BuildLayout(Path directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    /** The digest of the manifest under a tag, or of the first one; empty for none. */
    String digest(String tag) throws IOException {
        Path index = directory.resolve("index.json");
        if (!Files.isRegularFile(index)) {
            return "";
        }
        List<@Nullable Object> all = Json.list(Json.at(Json.read(Files.readAllBytes(index)), "manifests"));
        for (Object each : all) {
            String name = Json.text(each, "annotations", "org.opencontainers.image.ref.name");
            if (name.equals(tag) || name.endsWith(":" + tag)) {
                return Json.text(each, "digest");
            }
        }
        return all.size() == 1 ? Json.text(all.getFirst(), "digest") : "";
    }

    /** Names a manifest in the index, under a tag. */
    void name(Object descriptor, String tag) throws IOException {
        Map<String, @Nullable Object> named = new LinkedHashMap<>(Json.object(descriptor));
        Map<String, @Nullable Object> notes = new LinkedHashMap<>(Json.object(named.get("annotations")));
        notes.put("org.opencontainers.image.ref.name", tag);
        named.put("annotations", notes);
        Path index = directory.resolve("index.json");
        List<@Nullable Object> manifests = new ArrayList<>();
        if (Files.isRegularFile(index)) {
            manifests.addAll(Json.list(Json.at(Json.read(Files.readAllBytes(index)), "manifests")));
        }
        manifests.removeIf(each -> Json.text(each, "annotations", "org.opencontainers.image.ref.name")
                .equals(tag));
        manifests.add(named);
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("schemaVersion", 2);
        root.put("mediaType", "application/vnd.oci.image.index.v1+json");
        root.put("manifests", manifests);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(index, JsonText.compact(root));
    }

    void serve(GrpcCall call) throws IOException, InterruptedException {
        switch (call.path().substring(call.path().lastIndexOf('/') + 1)) {
            case "Info" -> {
                Path blob = existing(call.request().text(1));
                call.send(new ProtoWriter()
                        .message(1, new ProtoWriter().text(1, digestOf(blob)).number(2, Files.size(blob))));
            }
            case "Read" -> read(call);
            case "Write" -> write(call);
            default -> throw GrpcService.unknown(call.path());
        }
    }

    private static String digestOf(Path blob) {
        return "sha256:" + blob.getFileName();
    }

    private Path blob(String digest) {
        if (!digest.matches("sha256:[0-9a-f]{64}")) {
            throw new GrpcException(GrpcStatus.INVALID_ARGUMENT, "not a digest: " + digest);
        }
        return directory.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
    }

    private Path existing(String digest) {
        Path blob = blob(digest);
        if (!Files.isRegularFile(blob)) {
            throw new GrpcException(GrpcStatus.NOT_FOUND, "content " + digest + ": not found");
        }
        return blob;
    }

    private void read(GrpcCall call) throws IOException, InterruptedException {
        ProtoFields request = call.request();
        long left = request.number(3) == 0 ? Long.MAX_VALUE : request.number(3);
        long offset = request.number(2);
        try (InputStream in = Files.newInputStream(existing(request.text(1)))) {
            in.skipNBytes(offset);
            while (left > 0) {
                byte[] piece = in.readNBytes((int) Math.min(PIECE, left));
                if (piece.length == 0) {
                    return;
                }
                call.send(new ProtoWriter().number(1, offset).bytes(2, piece));
                offset += piece.length;
                left -= piece.length;
            }
        }
    }

    private void write(GrpcCall call) throws IOException, InterruptedException {
        Path blobs = Files.createDirectories(directory.resolve("blobs/sha256"));
        Path file = Files.createTempFile(blobs, ".", ".part");
        MessageDigest hash = sha256();
        try (OutputStream out = Files.newOutputStream(file)) {
            long offset = 0;
            for (byte[] message = call.receive(); message != null; message = call.receive()) {
                ProtoFields request = ProtoFields.of(message);
                byte[] data = request.bytes(6);
                out.write(data);
                hash.update(data);
                offset += data.length;
                String digest = "";
                if (request.integer(1) == COMMIT) {
                    digest = commit(file, request.text(4), hash.digest());
                }
                call.send(new ProtoWriter()
                        .number(1, request.number(1))
                        .number(4, offset)
                        .number(5, request.number(3))
                        .text(6, digest));
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private String commit(Path file, String expected, byte[] hash) throws IOException {
        String digest = "sha256:" + HexFormat.of().formatHex(hash);
        if (!expected.isEmpty() && !expected.equals(digest)) {
            throw new GrpcException(GrpcStatus.FAILED_PRECONDITION, "unexpected digest " + digest);
        }
        Files.move(file, blob(digest), StandardCopyOption.REPLACE_EXISTING);
        return digest;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
