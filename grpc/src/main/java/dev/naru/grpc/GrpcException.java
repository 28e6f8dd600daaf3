package dev.naru.grpc;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** A call that ended with another status than OK. */
public final class GrpcException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final GrpcStatus status;
    private final transient List<Detail> details;

    /**
     * More about an error (google.protobuf.Any).
     *
     * @param type the URL of its type
     */
    public record Detail(String type, byte[] value) {}

    public GrpcException(GrpcStatus status, String message, List<Detail> details) {
        super(message);
        this.status = requireNonNull(status, "status");
        this.details = List.copyOf(details);
    }

    public GrpcException(GrpcStatus status, String message) {
        this(status, message, List.of());
    }

    public GrpcStatus status() {
        return status;
    }

    public List<Detail> details() {
        return details;
    }

    /** What it is as google.rpc.Status. */
    public ProtoWriter toProto() {
        var proto = new ProtoWriter().number(1, status.number()).text(2, String.valueOf(getMessage()));
        for (Detail detail : details) {
            proto.message(3, new ProtoWriter().text(1, detail.type()).bytes(2, detail.value()));
        }
        return proto;
    }

    /** Reads google.rpc.Status. */
    public static GrpcException of(ProtoFields proto) {
        return new GrpcException(
                GrpcStatus.of(Long.toString(proto.number(1))),
                proto.text(2),
                proto.messages(3).stream()
                        .map(detail -> new Detail(detail.text(1), detail.bytes(2)))
                        .toList());
    }
}
