package dev.naru.grpc;

import dev.naru.error.ErrorKind;

/** The status of each kind of error, and back. */
public final class ErrorStatus {
    private ErrorStatus() {}

    public static GrpcStatus of(ErrorKind kind) {
        return switch (kind) {
            case INVALID -> GrpcStatus.INVALID_ARGUMENT;
            case NOT_FOUND -> GrpcStatus.NOT_FOUND;
            case CONFLICT -> GrpcStatus.FAILED_PRECONDITION;
            case NOT_MODIFIED -> GrpcStatus.ALREADY_EXISTS;
            case FORBIDDEN -> GrpcStatus.PERMISSION_DENIED;
            case UNAUTHORIZED -> GrpcStatus.UNAUTHENTICATED;
            case UNAVAILABLE -> GrpcStatus.UNAVAILABLE;
            case NOT_SUPPORTED -> GrpcStatus.UNIMPLEMENTED;
            case COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE -> GrpcStatus.UNKNOWN;
            case INTERNAL -> GrpcStatus.INTERNAL;
        };
    }

    public static ErrorKind kind(GrpcStatus status) {
        return switch (status) {
            case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorKind.INVALID;
            case NOT_FOUND -> ErrorKind.NOT_FOUND;
            case FAILED_PRECONDITION, ABORTED -> ErrorKind.CONFLICT;
            case ALREADY_EXISTS -> ErrorKind.NOT_MODIFIED;
            case PERMISSION_DENIED -> ErrorKind.FORBIDDEN;
            case UNAUTHENTICATED -> ErrorKind.UNAUTHORIZED;
            case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED -> ErrorKind.UNAVAILABLE;
            case UNIMPLEMENTED -> ErrorKind.NOT_SUPPORTED;
            case OK, UNKNOWN, INTERNAL, DATA_LOSS -> ErrorKind.INTERNAL;
        };
    }
}
