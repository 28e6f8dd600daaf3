package dev.naru.buildkit;

import dev.naru.build.BuildProgress;
import dev.naru.build.ReadableTree;
import dev.naru.build.TreeExport;
import dev.naru.build.TreeFile;
import dev.naru.build.Vertex;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.Metadata;
import dev.naru.image.Attestation;
import dev.naru.linux.FileStatus;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Results that the client takes: a directory's files, or a stream of bytes. */
final class ClientExports {
    private static final String SEND = "/moby.filesync.v1.FileSend/DiffCopy";
    private static final int PIECE = 32 << 10;
    private static final int LARGE_PIECE = 1 << 20;

    private ClientExports() {}

    /** Writes what the client takes as one stream. */
    @FunctionalInterface
    interface Writing {
        Map<String, String> to(OutputStream out) throws InterruptedException;
    }

    /** @param id the export's number */
    static Map<String, String> bytes(String id, Build build, Writing writing) throws InterruptedException {
        try (GrpcCall call = build.session().client().open(SEND, fields(id))) {
            var out = new BufferedOutputStream(new CallOutput(call), LARGE_PIECE);
            Map<String, String> answer = writing.to(out);
            out.flush();
            call.end();
            while (call.receive() != null) {
                // Nothing that a client could say here matters: its end does.
            }
            return answer;
        } catch (IOException gone) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot send an archive to the client", gone);
        } catch (GrpcException refused) {
            throw ClientSession.translated("cannot send an archive to the client", refused);
        }
    }

    private static Metadata fields(String id) {
        var fields = new Metadata();
        if (!id.isEmpty()) {
            fields.add("buildkit-attachable-exporter-id", id);
        }
        return fields;
    }

    /** @param split whether a single platform has a directory of its own too */
    static void files(String id, boolean split, List<Exports.Solved> solved, Build build, BuildProgress.Step step)
            throws InterruptedException {
        try (GrpcCall call = build.session().client().open(SEND, fields(id))) {
            var sending = new Sending(call);
            for (Exports.Solved each : solved) {
                String below = solved.size() > 1 || split
                        ? Platforms.text(each.result().platform()).replace('/', '_')
                        : "";
                Vertex.Input root = each.result().root();
                if (root != null) {
                    sending.add(below, root, build, statements(each, root, build));
                }
            }
            sending.finish(build, step);
        } catch (IOException gone) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot send files to the client", gone);
        } catch (GrpcException refused) {
            throw ClientSession.translated("cannot send files to the client", refused);
        }
    }

    private static Map<String, byte[]> statements(Exports.Solved solved, Vertex.Input root, Build build)
            throws InterruptedException {
        Map<String, byte[]> all = new TreeMap<>();
        if (!solved.attestations().isEmpty()) {
            List<Attestation.Subject> subjects = build.work().visit(root, TreeExport::subjects);
            solved.attestations().forEach(each -> all.put(each.fileName(), each.statement(subjects)));
        }
        return all;
    }

    /** Tells all files, then sends those the client asks for. */
    private static final class Sending {
        private final GrpcCall call;
        private final List<Told> told = new ArrayList<>();
        private long sent;

        /** Null paths have no content. */
        private record Told(Vertex.Input root, String path, boolean regular, byte @Nullable [] content) {}

        Sending(GrpcCall call) {
            this.call = call;
        }

        void add(String below, Vertex.Input root, Build build, Map<String, byte[]> statements)
                throws InterruptedException {
            build.work().visit(root, tree -> {
                if (!below.isEmpty()) {
                    var directory = new TreeFile(FileStatus.DIRECTORY | 0755, 0, 0, 0, 0, 0, "", 0, 0);
                    tell(root, "", below, directory);
                }
                // Receivers want names in order, so statements are told among the files.
                var names = new TreeMap<String, byte[]>(statements);
                for (String name : tree.list("")) {
                    while (!names.isEmpty() && names.firstKey().compareTo(name) <= 0) {
                        Map.Entry<String, byte[]> first = names.pollFirstEntry();
                        statement(root, below, first.getKey(), first.getValue());
                    }
                    if (!statements.containsKey(name)) {
                        one(tree, root, name, below);
                    }
                }
                for (Map.Entry<String, byte[]> each : names.entrySet()) {
                    statement(root, below, each.getKey(), each.getValue());
                }
                return true;
            });
        }

        private void tell(ReadableTree tree, Vertex.Input root, String at, String below)
                throws IOException, InterruptedException {
            for (String name : tree.list(at)) {
                one(tree, root, ReadableTree.join(at, name), below);
            }
        }

        private void one(ReadableTree tree, Vertex.Input root, String path, String below)
                throws IOException, InterruptedException {
            TreeFile file = tree.file(path).orElse(null);
            if (file == null) {
                return;
            }
            tell(root, path, ReadableTree.join(below, path), file);
            if ((file.mode() & FileStatus.TYPE) == FileStatus.DIRECTORY) {
                tell(tree, root, path, below);
            }
        }

        private void statement(Vertex.Input root, String below, String name, byte[] content)
                throws IOException, InterruptedException {
            var file = new TreeFile(FileStatus.REGULAR | 0644, 0, 0, content.length, 0, 0, "", 0, 0);
            told.add(new Told(root, "", true, content));
            call.send(FilePacket.stat(ReadableTree.join(below, name), file));
        }

        private void tell(Vertex.Input root, String path, String as, TreeFile file)
                throws IOException, InterruptedException {
            told.add(new Told(root, path, (file.mode() & FileStatus.TYPE) == FileStatus.REGULAR, null));
            call.send(FilePacket.stat(as, file));
        }

        void finish(Build build, BuildProgress.Step step) throws IOException, InterruptedException {
            call.send(FilePacket.told());
            while (true) {
                byte[] message = call.receive();
                if (message == null) {
                    return;
                }
                FilePacket packet = FilePacket.read(message);
                switch (packet.type()) {
                    case FilePacket.REQUEST -> send(packet.id(), build, step);
                    case FilePacket.END -> {
                        call.send(FilePacket.end());
                        call.end();
                        build.log().moved(step, "copying files", sent, 0, true);
                    }
                    case FilePacket.ERROR ->
                        throw new NaruException(
                                ErrorKind.INVALID,
                                "the client cannot take the files",
                                java.nio.charset.StandardCharsets.UTF_8
                                        .decode(packet.data())
                                        .toString(),
                                null);
                    default -> throw new IOException("a message that has no place here");
                }
            }
        }

        private void send(int id, Build build, BuildProgress.Step step) throws InterruptedException, IOException {
            if (id < 0 || id >= told.size() || !told.get(id).regular()) {
                throw new IOException("the client asks for a file that there is not");
            }
            Told file = told.get(id);
            byte[] content = file.content();
            if (content != null) {
                call.send(FilePacket.data(id, content));
                call.send(FilePacket.data(id, new byte[0]));
                return;
            }
            build.work().visit(file.root(), tree -> {
                try (var open = tree.open(file.path());
                        var in = Files.newInputStream(Path.of(open.path()))) {
                    byte[] piece = in.readNBytes(PIECE);
                    while (piece.length > 0) {
                        call.send(FilePacket.data(id, piece));
                        sent += piece.length;
                        build.log().moved(step, "copying files", sent, 0, false);
                        piece = in.readNBytes(PIECE);
                    }
                }
                return true;
            });
            call.send(FilePacket.data(id, new byte[0]));
        }
    }
}
