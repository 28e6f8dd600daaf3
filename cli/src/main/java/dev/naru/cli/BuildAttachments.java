package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcService;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.Metadata;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a build may have of us: files, secrets, agents, credentials, and places for its results. Nothing else. */
final class BuildAttachments implements GrpcService {
    private static final int PIECE = 1 << 20;

    private final Map<String, Path> directories;
    private final Map<String, byte[]> secrets;
    private final Map<String, Path> agents;
    private final Map<String, BuildLayout> layouts;
    private final List<BuildDestination> destinations;
    private final Credentials credentials;
    private final @Nullable InputStream upload;
    private final @Nullable PrintStream trace;

    /**
     * @param directories by the name that the build knows them by
     * @param agents sockets by id
     * @param layouts by {@code local:PATH}
     * @param destinations by the output's place in the request
     * @param upload the stream that is the context, null for none
     * @param trace where each call is told; null for nowhere
     */
    BuildAttachments(
            Map<String, Path> directories,
            Map<String, byte[]> secrets,
            Map<String, Path> agents,
            Map<String, BuildLayout> layouts,
            List<BuildDestination> destinations,
            Credentials credentials,
            @Nullable InputStream upload,
            @Nullable PrintStream trace) {
        this.directories = Map.copyOf(directories);
        this.secrets = Map.copyOf(secrets);
        this.agents = Map.copyOf(agents);
        this.layouts = Map.copyOf(layouts);
        this.destinations = List.copyOf(destinations);
        this.credentials = requireNonNull(credentials, "credentials");
        this.upload = upload;
        this.trace = trace;
    }

    /** The paths that are served. */
    List<String> methods() {
        return List.of(
                "/grpc.health.v1.Health/Check",
                "/moby.filesync.v1.FileSync/DiffCopy",
                "/moby.filesync.v1.FileSend/DiffCopy",
                "/moby.filesync.v1.Auth/Credentials",
                "/moby.buildkit.secrets.v1.Secrets/GetSecret",
                "/moby.sshforward.v1.SSH/CheckAgent",
                "/moby.sshforward.v1.SSH/ForwardAgent",
                "/moby.upload.v1.Upload/Pull",
                "/containerd.services.content.v1.Content/Info",
                "/containerd.services.content.v1.Content/Read",
                "/containerd.services.content.v1.Content/Write");
    }

    @Override
    public void serve(GrpcCall call) throws IOException, InterruptedException {
        if (trace != null) {
            trace.println("DEBUG session " + call.path() + " "
                    + call.metadata().get("dir-name", "")
                    + call.metadata().get("buildkit-attachable-exporter-id", "")
                    + call.metadata().get("buildkit-attachable-store-id", ""));
        }
        switch (call.path()) {
            case "/grpc.health.v1.Health/Check" -> {
                call.request();
                call.send(new ProtoWriter().number(1, 1));
            }
            case "/moby.filesync.v1.FileSync/DiffCopy" -> files(call);
            case "/moby.filesync.v1.FileSend/DiffCopy" -> result(call);
            case "/moby.filesync.v1.Auth/Credentials" -> credentials(call);
            case "/moby.buildkit.secrets.v1.Secrets/GetSecret" -> secret(call);
            case "/moby.sshforward.v1.SSH/CheckAgent" -> {
                agent(call.request().text(1));
                call.send(new ProtoWriter());
            }
            case "/moby.sshforward.v1.SSH/ForwardAgent" ->
                forward(call, agent(call.metadata().get("buildkit.ssh.id", "default")));
            case "/moby.upload.v1.Upload/Pull" -> upload(call);
            default -> layout(call);
        }
    }

    private void layout(GrpcCall call) throws IOException, InterruptedException {
        if (!call.path().startsWith("/containerd.services.content.v1.Content/")) {
            throw GrpcService.unknown(call.path());
        }
        BuildLayout layout = layouts.get(call.metadata().get("buildkit-attachable-store-id", ""));
        if (layout == null) {
            throw new GrpcException(GrpcStatus.NOT_FOUND, "no such content store");
        }
        layout.serve(call);
    }

    private void files(GrpcCall call) throws IOException, InterruptedException {
        Metadata fields = call.metadata();
        Path directory = directories.get(fields.get("dir-name", ""));
        if (directory == null) {
            throw new GrpcException(
                    GrpcStatus.NOT_FOUND, "no access allowed to dir \"" + fields.get("dir-name") + "\"");
        }
        new BuildFiles(
                        directory,
                        texts(fields, "include-patterns"),
                        texts(fields, "exclude-patterns"),
                        texts(fields, "followpaths"))
                .send(call);
    }

    private static List<String> texts(Metadata fields, String name) {
        boolean encoded = fields.get(name + "-encoded", "").equals("1");
        return fields.all(name).stream()
                .map(each -> encoded ? URLDecoder.decode(each, StandardCharsets.UTF_8) : each)
                .toList();
    }

    private void result(GrpcCall call) throws IOException, InterruptedException {
        String number = call.metadata().get("buildkit-attachable-exporter-id", "0");
        int at = number.matches("[0-9]{1,3}") ? Integer.parseInt(number) : 0;
        if (at >= destinations.size()) {
            throw new GrpcException(GrpcStatus.INVALID_ARGUMENT, "no output " + number + " was asked for");
        }
        switch (destinations.get(at)) {
            case BuildDestination.Layout layout ->
                throw new GrpcException(GrpcStatus.UNIMPLEMENTED, "an image layout is written blob by blob");
            case BuildDestination.None none ->
                throw new GrpcException(GrpcStatus.INVALID_ARGUMENT, "output " + number + " has no destination here");
            case BuildDestination.Directory(Path directory) -> new BuildFilesReception(call, directory).receive();
            case BuildDestination.Stream stream -> {
                try (OutputStream out = stream.open()) {
                    for (byte[] message = call.receive(); message != null; message = call.receive()) {
                        out.write(ProtoFields.of(message).bytes(1));
                    }
                }
            }
        }
    }

    private void credentials(GrpcCall call) throws IOException, InterruptedException {
        String host = call.request().text(1);
        String server = Credentials.server(host.equals("registry-1.docker.io") ? ImageName.HUB : host);
        Credential known = credentials.find(server);
        var answer = new ProtoWriter();
        if (known != null && !known.token().isEmpty()) {
            answer.text(2, known.token());
        } else if (known != null) {
            answer.text(1, known.user()).text(2, known.password());
        }
        call.send(answer);
    }

    private void secret(GrpcCall call) throws IOException, InterruptedException {
        String id = call.request().text(1);
        byte[] value = secrets.get(id);
        if (value == null) {
            throw new GrpcException(GrpcStatus.NOT_FOUND, "secret " + id + ": not found");
        }
        call.send(new ProtoWriter().bytes(1, value));
    }

    private Path agent(String id) {
        Path socket = agents.get(id.isEmpty() ? "default" : id);
        if (socket == null) {
            throw new GrpcException(GrpcStatus.NOT_FOUND, "unset ssh forward key " + id);
        }
        return socket;
    }

    private static void forward(GrpcCall call, Path socket) throws IOException, InterruptedException {
        try (SocketChannel agent = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            agent.connect(UnixDomainSocketAddress.of(socket));
            Thread answers = Thread.ofVirtual().start(() -> answers(agent, call));
            for (byte[] message = call.receive(); message != null; message = call.receive()) {
                ByteBuffer bytes = ByteBuffer.wrap(ProtoFields.of(message).bytes(1));
                while (bytes.hasRemaining()) {
                    agent.write(bytes);
                }
            }
            agent.shutdownOutput();
            answers.join();
        }
    }

    private static void answers(SocketChannel agent, GrpcCall call) {
        ByteBuffer buffer = ByteBuffer.allocate(32 << 10);
        try {
            while (agent.read(buffer.clear()) >= 0) {
                byte[] bytes = new byte[buffer.flip().remaining()];
                buffer.get(bytes);
                call.send(new ProtoWriter().bytes(1, bytes));
            }
        } catch (IOException left) {
            // The other direction tells of it.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void upload(GrpcCall call) throws IOException, InterruptedException {
        if (upload == null) {
            throw new GrpcException(GrpcStatus.NOT_FOUND, "nothing is uploaded");
        }
        for (byte[] piece = upload.readNBytes(PIECE); piece.length > 0; piece = upload.readNBytes(PIECE)) {
            call.send(new ProtoWriter().bytes(1, piece));
        }
    }
}
