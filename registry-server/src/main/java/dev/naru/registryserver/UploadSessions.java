package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The uploads that have begun and not ended, with those that an earlier process left. */
final class UploadSessions {
    private static final String CONTENT = ".data";
    private static final String REPOSITORY = ".repository";

    private final Path directory;
    private final PieceBuffers buffers = new PieceBuffers();
    private final Map<String, UploadSession> sessions = new ConcurrentHashMap<>();

    UploadSessions(Path directory) throws IOException {
        this.directory = requireNonNull(directory, "directory");
        Files.createDirectories(directory);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + CONTENT)) {
            for (Path file : files) {
                adopt(file);
            }
        }
    }

    private void adopt(Path content) throws IOException {
        String name = content.getFileName().toString();
        String id = name.substring(0, name.length() - CONTENT.length());
        Path repository = directory.resolve(id + REPOSITORY);
        if (Files.exists(repository)) {
            sessions.put(id, new UploadSession(Files.readString(repository), content, Files.size(content), buffers));
        } else {
            Files.delete(content);
        }
    }

    /** Begins an upload; answers its id. */
    String begin(String repository) throws IOException {
        String id = UUID.randomUUID().toString();
        Path content = directory.resolve(id + CONTENT);
        try {
            Files.writeString(directory.resolve(id + REPOSITORY), repository);
            Files.createFile(content);
        } catch (IOException full) {
            Files.deleteIfExists(directory.resolve(id + REPOSITORY));
            throw new Refusal(
                    DistributionError.UNAVAILABLE, "the registry cannot begin an upload: " + full.getMessage(), null);
        }
        sessions.put(id, new UploadSession(repository, content, 0, buffers));
        return id;
    }

    /** @throws Refusal BLOB_UPLOAD_UNKNOWN */
    UploadSession get(String repository, String id) {
        UploadSession session = sessions.get(id);
        if (session == null || !session.repository().equals(repository)) {
            throw new Refusal(DistributionError.BLOB_UPLOAD_UNKNOWN, "blob upload unknown to registry", id);
        }
        return session;
    }

    /** Forgets an upload and what is left of its files. */
    void end(String id) throws IOException {
        UploadSession session = sessions.remove(id);
        if (session != null) {
            session.discard();
        }
        Files.deleteIfExists(directory.resolve(id + REPOSITORY));
    }

    /** Ends the uploads that nobody has written to since a moment. */
    int dropOlderThan(long moment) throws IOException {
        List<String> old = new ArrayList<>();
        sessions.forEach((id, session) -> {
            if (session.touched() < moment) {
                old.add(id);
            }
        });
        for (String id : old) {
            end(id);
        }
        return old.size();
    }

    int size() {
        return sessions.size();
    }
}
