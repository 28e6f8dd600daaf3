package dev.naru.registry;

import dev.naru.http.RequestBody;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** One operation of the distribution API (distribution-spec 1.1, Endpoints). */
interface Verb<T> {
    String method();

    /** Below the API's base: {@code library/busybox/manifests/latest}; begins with a slash. */
    String path();

    /** Where to instead of the path: an upload's location. */
    default Optional<URI> address() {
        return Optional.empty();
    }

    /** For errors: {@code pull manifest of docker.io/library/busybox:latest}. */
    String description();

    /** What a token must allow: {@code repository:library/busybox:pull}; several with a space between. */
    String scope();

    default Map<String, String> headers() {
        return Map.of();
    }

    default RequestBody payload() {
        return Payload.NONE;
    }

    /** Whether it may be sent again when nobody knows what became of it. */
    default boolean repeatable() {
        return true;
    }

    /** Whether {@link #answer} makes sense of a status beyond 2xx. */
    default boolean understands(int status) {
        return false;
    }

    /** Makes a value of the answer, whose status is 2xx or understood. */
    T answer(Answer answer) throws IOException;
}
