package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.RegistryAccounts;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.ErrorStatus;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcChannel;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.Metadata;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a client offers to its builds: files, secrets, agents, places for results. */
final class ClientSession {
    private final String id;
    private final String sharedKey;
    private final Set<String> methods;
    private final GrpcChannel channel;

    /** @param methods lower-case paths of what the client serves */
    ClientSession(String id, String sharedKey, Set<String> methods, GrpcChannel channel) {
        this.id = requireNonNull(id, "id");
        this.sharedKey = requireNonNull(sharedKey, "sharedKey");
        this.methods = Set.copyOf(methods);
        this.channel = requireNonNull(channel, "channel");
    }

    String id() {
        return id;
    }

    /** Sessions with the same key have the same files, more or less; may be empty. */
    String sharedKey() {
        return sharedKey;
    }

    boolean supports(String path) {
        return methods.contains(path.toLowerCase(Locale.ROOT));
    }

    /** Begins a call. */
    GrpcCall open(String path, Metadata metadata) throws IOException, InterruptedException {
        if (!supports(path)) {
            throw new NaruException(ErrorKind.NOT_SUPPORTED, "the client does not offer " + path, "", null);
        }
        return channel.open(path, metadata);
    }

    Optional<byte[]> secret(String name) {
        try {
            var answer = call("/moby.buildkit.secrets.v1.Secrets/GetSecret", new ProtoWriter().text(1, name));
            return answer.map(fields -> fields.bytes(1));
        } catch (GrpcException failure) {
            if (failure.status() == GrpcStatus.NOT_FOUND) {
                return Optional.empty();
            }
            throw translated("cannot get secret " + name, failure);
        }
    }

    boolean hasAgent(String name) {
        try {
            return call("/moby.sshforward.v1.SSH/CheckAgent", new ProtoWriter().text(1, name))
                    .isPresent();
        } catch (GrpcException none) {
            return false;
        }
    }

    /** The client's credentials for a registry. */
    Optional<RegistryAccounts.Login> account(String domain) {
        // Docker Hub's logins are kept under the name of its registry.
        String host = domain.equals("docker.io") ? "registry-1.docker.io" : domain;
        try {
            return call("/moby.filesync.v1.Auth/Credentials", new ProtoWriter().text(1, host))
                    .filter(answer -> !answer.text(2).isEmpty())
                    .map(answer -> new RegistryAccounts.Login(answer.text(1), answer.text(2)));
        } catch (GrpcException failure) {
            throw translated("cannot get credentials for " + domain, failure);
        }
    }

    /** Carries a connection to an agent of the client's. */
    void forward(String agent, ByteChannel connection) throws IOException, InterruptedException {
        var fields = new Metadata().add("buildkit.ssh.id", agent);
        try (GrpcCall call = open("/moby.sshforward.v1.SSH/ForwardAgent", fields)) {
            Thread asking = Thread.ofVirtual().name("naru-agent").start(() -> send(connection, call));
            try {
                for (byte[] message = call.receive(); message != null; message = call.receive()) {
                    ByteBuffer bytes = ByteBuffer.wrap(ProtoFields.of(message).bytes(1));
                    while (bytes.hasRemaining()) {
                        connection.write(bytes);
                    }
                }
            } catch (GrpcException failure) {
                throw translated("cannot ask agent " + agent, failure);
            } finally {
                connection.close();
                asking.join();
            }
        }
    }

    private static void send(ByteChannel connection, GrpcCall call) {
        ByteBuffer buffer = ByteBuffer.allocate(32 << 10);
        try {
            while (connection.read(buffer.clear()) >= 0) {
                buffer.flip();
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                call.send(new ProtoWriter().bytes(1, bytes));
            }
            call.end();
        } catch (IOException left) {
            // The step or the client has left, of which the other direction tells.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<ProtoFields> call(String path, ProtoWriter request) {
        if (!supports(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(channel.call(path, request));
        } catch (IOException gone) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot ask the client", gone);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot ask the client", "the build was canceled", null);
        }
    }

    static NaruException translated(String what, GrpcException failure) {
        return NaruException.because(ErrorStatus.kind(failure.status()), what, failure);
    }
}
