package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

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
