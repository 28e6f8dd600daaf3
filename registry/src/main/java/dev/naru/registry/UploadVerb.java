package dev.naru.registry;

import java.net.URI;
import java.util.Optional;

/** An operation on an upload that has begun; the registry said where it is. */
interface UploadVerb<T> extends Verb<T> {
    String repository();

    URI location();

    @Override
    default String path() {
        return "";
    }

    @Override
    default Optional<URI> address() {
        return Optional.of(location());
    }

    @Override
    default String description() {
        return "upload to " + repository();
    }

    @Override
    default String scope() {
        return "repository:" + repository() + ":pull,push";
    }

    /** What a cut has left of it is for {@link UploadStatus} to say. */
    @Override
    default boolean repeatable() {
        return false;
    }
}
