package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import org.jspecify.annotations.Nullable;

/** A request that is refused with a code of the specification; never leaves this room. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final DistributionError error;
    private final @Nullable String detail;

    /** @param detail what it is about, such as a digest; null for nothing */
    Refusal(DistributionError error, String message, @Nullable String detail) {
        super(message, null, false, false);
        this.error = requireNonNull(error, "error");
        this.detail = detail;
    }

    DistributionError error() {
        return error;
    }

    @Nullable
    String detail() {
        return detail;
    }

    /** What a failure of the rooms below is to a client. */
    static Refusal of(NaruException failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.kind()) {
            case INVALID -> new Refusal(DistributionError.DIGEST_INVALID, message, null);
            case NOT_FOUND -> new Refusal(DistributionError.BLOB_UNKNOWN, message, null);
            case UNAUTHORIZED -> new Refusal(DistributionError.UNAUTHORIZED, message, null);
            case FORBIDDEN -> new Refusal(DistributionError.DENIED, message, null);
            case UNAVAILABLE -> new Refusal(DistributionError.UNAVAILABLE, message, null);
            case NOT_SUPPORTED -> new Refusal(DistributionError.UNSUPPORTED, message, null);
            case CONFLICT, NOT_MODIFIED, COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE, INTERNAL ->
                new Refusal(DistributionError.UNKNOWN, message, null);
        };
    }
}
