package dev.naru.grpc;

/** gRPC's status codes. */
public enum GrpcStatus {
    OK(0),
    CANCELLED(1),
    UNKNOWN(2),
    INVALID_ARGUMENT(3),
    DEADLINE_EXCEEDED(4),
    NOT_FOUND(5),
    ALREADY_EXISTS(6),
    PERMISSION_DENIED(7),
    RESOURCE_EXHAUSTED(8),
    FAILED_PRECONDITION(9),
    ABORTED(10),
    OUT_OF_RANGE(11),
    UNIMPLEMENTED(12),
    INTERNAL(13),
    UNAVAILABLE(14),
    DATA_LOSS(15),
    UNAUTHENTICATED(16);

    private final int number;

    GrpcStatus(int number) {
        this.number = number;
    }

    /** As on the wire. */
    public int number() {
        return number;
    }

    /** UNKNOWN for what is none. */
    static GrpcStatus of(String number) {
        for (GrpcStatus status : values()) {
            if (Integer.toString(status.number).equals(number)) {
                return status;
            }
        }
        return UNKNOWN;
    }
}
