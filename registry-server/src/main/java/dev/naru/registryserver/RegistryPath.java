package dev.naru.registryserver;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a request's path names (distribution-spec, Endpoints). */
sealed interface RegistryPath {
    /** {@code /v2/}: whether the registry speaks the specification, and to this client. */
    record Base() implements RegistryPath {}

    /** All repositories, as Docker's registry lists them. */
    record Catalog() implements RegistryPath {}

    record Tags(String repository) implements RegistryPath {}

    /**
     * A manifest.
     *
     * @param reference a tag or a digest
     */
    record Manifest(String repository, String reference) implements RegistryPath {}

    record Blob(String repository, String digest) implements RegistryPath {}

    /** Where uploads begin. */
    record Uploads(String repository) implements RegistryPath {}

    record Upload(String repository, String id) implements RegistryPath {}

    record Referrers(String repository, String digest) implements RegistryPath {}

    /** Where clients get tokens. */
    record Token() implements RegistryPath {}

    record Metrics() implements RegistryPath {}

    record Health() implements RegistryPath {}

    /** The pattern of repository names (distribution-spec, Pulling manifests). */
    Pattern NAME =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");

    Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    int LONGEST_NAME = 255;

    /**
     * Reads a path; null when no endpoint has it.
     *
     * @throws Refusal NAME_INVALID
     */
    static @Nullable RegistryPath parse(String path) {
        return switch (path) {
            case "/v2/", "/v2" -> new Base();
            case "/v2/_catalog" -> new Catalog();
            case "/token" -> new Token();
            case "/metrics" -> new Metrics();
            case "/", "/healthz" -> new Health();
            default -> path.startsWith("/v2/") ? inRepository(path.substring("/v2/".length())) : null;
        };
    }

    private static @Nullable RegistryPath inRepository(String rest) {
        int last = rest.lastIndexOf('/');
        if (last <= 0) {
            return null;
        }
        String end = rest.substring(last + 1);
        String before = rest.substring(0, last);
        if (end.equals("list") && before.endsWith("/tags")) {
            return new Tags(name(before, "/tags"));
        }
        if (before.endsWith("/blobs/uploads")) {
            String repository = name(before, "/blobs/uploads");
            return end.isEmpty() ? new Uploads(repository) : new Upload(repository, end);
        }
        if (before.endsWith("/blobs")) {
            String repository = name(before, "/blobs");
            return end.equals("uploads") ? new Uploads(repository) : new Blob(repository, end);
        }
        if (before.endsWith("/manifests")) {
            return new Manifest(name(before, "/manifests"), end);
        }
        if (before.endsWith("/referrers")) {
            return new Referrers(name(before, "/referrers"), end);
        }
        return null;
    }

    private static String name(String before, String suffix) {
        return repository(before.substring(0, before.length() - suffix.length()));
    }

    /**
     * Checks a repository's name.
     *
     * @throws Refusal NAME_INVALID
     */
    static String repository(String name) {
        if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
            throw new Refusal(DistributionError.NAME_INVALID, "invalid repository name", name);
        }
        return name;
    }
}
